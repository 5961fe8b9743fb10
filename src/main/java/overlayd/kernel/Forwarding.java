package overlayd.kernel;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A port whose packets are given another destination (DNAT).
 *
 * @param bound the one address of the host it counts for; empty: every local one of {@code target}'s version of IP
 * @param hostPort port of the host, 1 to 65535
 * @param transport IP protocol number, 6 TCP or 17 UDP
 * @param target new destination
 * @param port new port
 */
public record Forwarding(Optional<InetAddress> bound, int hostPort, int transport, InetAddress target, int port) {
}
