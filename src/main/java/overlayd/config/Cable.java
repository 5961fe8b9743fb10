package overlayd.config;

import java.util.List;
import java.util.Optional;

/**
 * One veth pair between the host (NAMEi) and the subhost (ethi).
 *
 * @param index    counts the cables from 0; VLANs do not count
 * @param bridge   the host end is plugged into it; empty: ifup is tried
 * @param bridgeAt where the specifier begins
 * @param mac      of the inner end; empty: the kernel's choice
 * @param vlans    on this cable
 */
public record Cable(int index, Optional<String> bridge, Position bridgeAt, Optional<Mac> mac, List<Vlan> vlans) {
    public Cable {
        vlans = List.copyOf(vlans);
    }

    /** Name of the inner end. */
    public String subhostEnd() {
        return "eth" + index;
    }
}
