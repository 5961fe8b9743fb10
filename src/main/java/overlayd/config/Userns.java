package overlayd.config;

import java.util.Optional;

/**
 * USERNS: whether the root of a subhost is root on the host, or one of ids that are nobody's there.
 *
 * @param wanted whether there is a user namespace
 * @param range its ids, where they are known: asked for as START:COUNT, or chosen for auto
 */
public record Userns(boolean wanted, Optional<IdRange> range) {
    /** The host's ids are the subhost's. */
    public static final Userns NONE = new Userns(false, Optional.empty());
    /** Some free range. */
    public static final Userns AUTO = new Userns(true, Optional.empty());

    /** This range. */
    public static Userns of(IdRange range) {
        return new Userns(true, Optional.of(range));
    }
}
