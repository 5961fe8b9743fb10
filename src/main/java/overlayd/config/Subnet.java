package overlayd.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** An IP address with the length of its network's prefix: {@code 10.0.3.5/24}, {@code 2001:db8::5/64}. No name is ever looked up. */
public record Subnet(InetAddress address, int prefix) {
    private static final Pattern V4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

    /** @throws IllegalArgumentException a prefix longer than the address */
    public Subnet {
        if (prefix < 0 || prefix > 8 * address.getAddress().length) {
            throw new IllegalArgumentException("prefix " + prefix);
        }
    }

    /** An address as it is written, nothing else: no name, no zone, no IPv4 address in IPv6 clothes. */
    public static Optional<InetAddress> literal(String text) {
        boolean v4 = V4.matcher(text).matches();
        if (!v4 && !V6.matcher(text).matches()) return Optional.empty();
        try {
            InetAddress address = InetAddress.getByName(text);
            return Optional.of(address).filter(a -> a.getAddress().length == (v4 ? 4 : 16));
        } catch (UnknownHostException notOne) {
            return Optional.empty();
        }
    }

    /** {@code ADDRESS/PREFIX}. */
    public static Optional<Subnet> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !PREFIX.matcher(text.substring(slash + 1)).matches()) return Optional.empty();
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return literal(text.substring(0, slash)).filter(a -> prefix <= 8 * a.getAddress().length).map(a -> new Subnet(a, prefix));
    }

    /** Whether it is an IPv4 address. */
    public boolean isV4() {
        return isV4(address);
    }

    /** Whether it is an IPv4 address. */
    public static boolean isV4(InetAddress address) {
        return address.getAddress().length == 4;
    }

    /** Whether {@code other} lies in this network. */
    public boolean contains(InetAddress other) {
        return samePrefix(address.getAddress(), other.getAddress(), prefix);
    }

    /** Whether the two networks have an address in common. */
    public boolean overlaps(Subnet other) {
        return samePrefix(address.getAddress(), other.address.getAddress(), Math.min(prefix, other.prefix));
    }

    /** The first address, which names the network. */
    public InetAddress network() {
        return masked(false);
    }

    /** The last address: the broadcast address of an IPv4 network. */
    public InetAddress last() {
        return masked(true);
    }

    /** Why no host can have this address; empty when one can. */
    public Optional<String> unusable() {
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || address.isLoopbackAddress() || first() == 0 && isV4() || first() >= 240 && isV4()) {
            return Optional.of("is no address that a host can have");
        }
        if (prefix == 0) return Optional.of("has a prefix of 0, which is no network");
        boolean roomy = prefix < 8 * address.getAddress().length - 1;
        if (roomy && address.equals(network())) return Optional.of("is the address of the network itself");
        return roomy && isV4() && address.equals(last()) ? Optional.of("is the broadcast address of its network") : Optional.empty();
    }

    private int first() {
        return Byte.toUnsignedInt(address.getAddress()[0]);
    }

    private InetAddress masked(boolean ones) {
        byte[] bytes = address.getAddress();
        for (int bit = prefix; bit < 8 * bytes.length; bit++) {
            int mask = 0x80 >> bit % 8;
            bytes[bit / 8] = (byte) (ones ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
        }
        return of(bytes);
    }

    private static boolean samePrefix(byte[] one, byte[] other, int bits) {
        if (one.length != other.length) return false;
        for (int bit = 0; bit < bits; bit++) {
            if (((one[bit / 8] ^ other[bit / 8]) & 0x80 >> bit % 8) != 0) return false;
        }
        return true;
    }

    private static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The address as people write it: RFC 5952 for IPv6. */
    public static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) return address.getHostAddress();
        String full = ":" + address.getHostAddress() + ":";
        String zeros = ":0:0:0:0:0:0:0:0:";
        for (int groups = 8; groups > 1; groups--) {
            String run = zeros.substring(0, 2 * groups + 1);
            int at = full.indexOf(run);
            if (at >= 0) {
                String before = full.substring(0, at);
                String after = full.substring(at + run.length() - 1);
                return (before.isEmpty() ? "" : before.substring(1)) + "::" + (after.length() < 2 ? "" : after.substring(1, after.length() - 1));
            }
        }
        return full.substring(1, full.length() - 1);
    }

    /** Without the prefix. */
    public String addressText() {
        return text(address);
    }

    @Override
    public String toString() {
        return text(address) + "/" + prefix;
    }
}
