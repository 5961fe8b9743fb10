package overlayd.kernel;

import java.util.Optional;

/**
 * An 802.1Q interface to be made.
 *
 * @param name of the new interface
 * @param parent interface it lies on, in the same netns
 * @param tag 1-4094
 * @param bridge what it is plugged into
 */
public record Vlan(String name, String parent, int tag, Optional<String> bridge) {
}
