package overlayd.config;

import java.nio.file.Path;

/**
 * A file or directory of the host bind-mounted into the subhost.
 *
 * @param host    on the host, absolute
 * @param subhost in the subhost, absolute, without {@code ..}; to be resolved inside the root only
 * @param access  whether the subhost may write it
 * @param at      where it stands in the file
 */
public record Share(Path host, Path subhost, Access access, Position at) {
    /** What the subhost may do. */
    public enum Access { READ_WRITE, READ_ONLY }

    /** True for {@code ,ro}. */
    public boolean readOnly() {
        return access == Access.READ_ONLY;
    }
}
