package overlayd.plan;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import overlayd.config.Subnet;

/**
 * Chooses an address of a bridge's network for a subhost: where to look first follows from the name alone, so that the same name gets the same
 * address on a host that has lost its records, and two names seldom meet. Pure.
 */
public final class AutoAddress {
    /** So many are tried; a larger network than this is never that full. */
    private static final int MOST_TRIES = 65_536;

    private AutoAddress() {
    }

    /** An address of {@code bridge}'s network that is not {@code used}; empty when all are, or the network has room for one host only. */
    public static Optional<Subnet> choose(Subnet bridge, String name, Set<InetAddress> used) {
        int bits = 8 * bridge.address().getAddress().length - bridge.prefix();
        if (bits < 2) {
            return Optional.empty();
        }
        // Neither the network's own address nor the broadcast address, whatever the version.
        BigInteger room = BigInteger.ONE.shiftLeft(Math.min(bits, 64)).subtract(BigInteger.TWO);
        BigInteger first = new BigInteger(1, bridge.network().getAddress()).add(BigInteger.ONE);
        BigInteger start = BigInteger.valueOf(hash(name)).mod(room);
        int tries = room.min(BigInteger.valueOf(MOST_TRIES)).intValue();
        for (int i = 0; i < tries; i++) {
            BigInteger offset = start.add(BigInteger.valueOf(i)).mod(room);
            InetAddress address = address(first.add(offset), bridge.address().getAddress().length);
            if (!address.equals(bridge.address()) && !used.contains(address)) {
                return Optional.of(new Subnet(address, bridge.prefix()));
            }
        }
        return Optional.empty();
    }

    private static long hash(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    private static InetAddress address(BigInteger value, int length) {
        byte[] bytes = new byte[length];
        byte[] digits = value.toByteArray();
        int count = Math.min(length, digits.length);
        System.arraycopy(digits, digits.length - count, bytes, length - count, count);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
