package overlayd.kernel;

import java.net.InetAddress;

/** A network that a routing table knows, and the interface that leads to it. */
public record RouteEntry(InetAddress network, int prefix, String link) {
}
