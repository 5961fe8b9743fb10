package overlayd.config;

import java.util.Optional;

/**
 * A VLAN on a cable: NAMEi.TAG on the host, ethi.TAG in the subhost.
 *
 * @param tag      1 to 4095
 * @param bridge   the host's end of the VLAN is plugged into it; empty: ifup is tried
 * @param bridgeAt where the specifier begins
 */
public record Vlan(int tag, Optional<String> bridge, Position bridgeAt) {
    public Vlan {
        if (tag < 1 || tag > 4095) throw new IllegalArgumentException("no VLAN tag: " + tag);
    }
}
