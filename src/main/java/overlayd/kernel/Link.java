package overlayd.kernel;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface as the kernel lists it.
 *
 * @param kind "veth", "bridge", "vlan", ...; empty for hardware and lo
 * @param master index of the bridge it is plugged into
 * @param mac lower case with colons; empty where it has none
 * @param up set up by somebody (IFF_UP), whatever the carrier
 * @param alias IFLA_IFALIAS, or empty
 */
public record Link(String name, int index, String kind, OptionalInt master, Optional<String> mac, boolean up, String alias) {
    /** A cable can be plugged into it. */
    public boolean isBridge() {
        return kind.equals("bridge");
    }
}
