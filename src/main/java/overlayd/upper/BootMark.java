package overlayd.upper;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/**
 * The mark on what a boot itself has put into an upperdir: places to mount on, and the file of the network. While such a thing is as it was
 * made it is no change of the subhost's. The mark says how it was made, so that whatever is done to it afterwards counts. Any thread.
 */
public final class BootMark {
    private static final String NAME = "trusted.overlayd.made";
    private static final String DIRECTORY = "directory";
    /** Owner of what a boot makes. */
    private static final String ROOT = "0 0 ";
    /** No file that a boot makes is larger. */
    private static final int LONGEST = 1 << 16;

    private final Files files;
    private final Copies copies;

    public BootMark(Files files, Copies copies) {
        this.files = files;
        this.copies = copies;
    }

    /** Marks a directory that was just made with {@code mode} at {@code path} of {@code root}: an upperdir, or an overlay of it. */
    public void directory(Fd root, String path, int mode) {
        set(root, path, text(mode, DIRECTORY));
    }

    /** Marks a file that was just made, as above. */
    public void file(Fd root, String path, int mode, byte[] content) {
        set(root, path, text(mode, sum(content)));
    }

    private void set(Fd root, String path, String made) {
        try {
            // Its owner on the disk; through the mounts of a user namespace that has another number.
            copies.setAttribute(root, path, NAME, (ROOT + made).getBytes(StandardCharsets.US_ASCII));
        } catch (KernelException unmarked) {
            // EOPNOTSUPP, ENOSPC, ELOOP are no reason to end a boot: a diff tells of it then.
        }
    }

    /** Carries a mark over to a copy. */
    void copy(Fd root, String path, String target) throws KernelException {
        Optional<byte[]> mark = copies.attribute(root, path, NAME);
        if (mark.isPresent()) {
            copies.setAttribute(root, target, NAME, mark.get());
        }
    }

    /** Whether a boot has made it and nobody has changed it since. */
    boolean isAsMade(Fd root, String path) throws KernelException {
        Optional<byte[]> mark = copies.attribute(root, path, NAME);
        if (mark.isEmpty()) {
            return false;
        }
        FileIdentity found = files.tree(root).identity(path);
        String owner = found.uid() + " " + found.gid() + " ";
        return asItIs(root, path, found).map(owner::concat).filter(new String(mark.get(), StandardCharsets.US_ASCII)::equals).isPresent();
    }

    /** Mode and content; empty: a boot makes nothing of that kind. Of a directory, what is in it is told by itself. */
    private Optional<String> asItIs(Fd root, String path, FileIdentity found) throws KernelException {
        if (found.kind() == Kind.DIRECTORY) {
            return Optional.of(text(found.permissions(), DIRECTORY));
        }
        return found.kind() != Kind.REGULAR || found.size() > LONGEST ? Optional.empty()
                : Optional.of(text(found.permissions(), sum(files.tree(root).read(path, LONGEST))));
    }

    private static String text(int mode, String content) {
        return Integer.toOctalString(mode) + " " + content;
    }

    private static String sum(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never); // every Java has it
        }
    }
}
