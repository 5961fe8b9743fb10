package overlayd.kernel;

import java.net.InetAddress;

/**
 * A default route to be made.
 *
 * @param link interface it leaves by
 * @param onLink the gateway is on that link although no address of the interface says so
 */
public record DefaultRoute(String link, InetAddress gateway, boolean onLink) {
}
