package overlayd.kernel;

import java.net.InetAddress;

/**
 * An IP address of an interface.
 *
 * @param link name of the interface
 * @param scope 0 global, 200 site, 253 link, 254 host (rtnetlink(7))
 */
public record LinkAddress(String link, InetAddress address, int prefix, int scope) {
    /** Neither loopback nor link-local: what a stranger can reach it by. */
    public boolean isGlobal() {
        return scope == 0;
    }

    /** {@code 10.0.0.2/24}, {@code fd00::1/64}: as RFC 5952 writes it. */
    @Override
    public String toString() {
        byte[] bytes = address.getAddress();
        return (bytes.length == 4 ? address.getHostAddress() : shortened(bytes)) + "/" + prefix;
    }

    /** The longest run of two or more zero groups, the first of equals, becomes {@code ::}. */
    private static String shortened(byte[] bytes) {
        int best = -1;
        int length = 1;
        for (int start = 0; start < 8; start++) {
            int run = 0;
            while (start + run < 8 && group(bytes, start + run) == 0) {
                run++;
            }
            if (run > length) {
                best = start;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(bytes, i)));
            }
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xFF) << 8 | bytes[2 * index + 1] & 0xFF;
    }
}
