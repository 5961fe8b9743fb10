package overlayd.config;

/**
 * A unicast MAC address.
 *
 * @param value its 48 bits, first byte highest
 */
public record Mac(long value) {
    public Mac {
        if (value <= 0 || value >>> 48 != 0) throw new IllegalArgumentException("not 48 bits, or zero: " + value);
        if ((value >>> 40 & 1) != 0) throw new IllegalArgumentException("a group address");
    }

    /** Six bytes, in the order of the wire. */
    public byte[] bytes() {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) bytes[i] = (byte) (value >>> (40 - 8 * i));
        return bytes;
    }

    /** {@code 02:00:00:00:00:01}. */
    @Override
    public String toString() {
        byte[] b = bytes();
        return String.format("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
    }
}
