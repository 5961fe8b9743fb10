package overlayd.kernel;

import java.util.Optional;

/**
 * A veth pair to be made.
 *
 * @param hostEnd name of the end on the host
 * @param netns where the other end is made
 * @param subhostEnd its name there
 * @param bridge what the host end is plugged into
 * @param mac address of the subhost end ("02:00:00:00:00:01"); random where empty
 * @param alias IFLA_IFALIAS of the host end; empty for none
 */
public record Cable(String hostEnd, Fd netns, String subhostEnd, Optional<String> bridge, Optional<String> mac, String alias) {
}
