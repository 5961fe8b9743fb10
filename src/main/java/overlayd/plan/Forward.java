package overlayd.plan;

import java.net.InetAddress;
import java.util.Optional;
import overlayd.config.Addressing.Transport;
import overlayd.config.Subnet;

/**
 * A port of the host whose connections are passed on to a subhost.
 *
 * @param bound the one address of the host it counts for; empty: all of {@code target}'s version of IP
 * @param target address of the subhost
 * @param bridge what its cable is plugged into
 */
public record Forward(Optional<InetAddress> bound, int hostPort, Transport transport, InetAddress target, int port, Optional<String> bridge) {
    /** {@code 8080/tcp}, {@code 192.0.2.1:8080/tcp}: what only one can have. */
    public String source() {
        return bound.map(address -> literal(address) + ":").orElse("") + hostPort + "/" + transport;
    }

    @Override
    public String toString() {
        return source() + " to " + literal(target) + ":" + port;
    }

    private static String literal(InetAddress address) {
        return Subnet.isV4(address) ? Subnet.text(address) : "[" + Subnet.text(address) + "]";
    }
}
