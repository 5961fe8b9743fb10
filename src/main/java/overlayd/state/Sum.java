package overlayd.state;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/** A text with its checksum behind it, so that one that was damaged is told from one that is merely odd: a changed path would be believed. */
public final class Sum {
    private static final int DIGITS = 8;

    private Sum() {
    }

    /** {@code text}, which holds ASCII only, a blank and eight hexadecimal digits. */
    public static String add(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + " " + Long.toHexString(sum.getValue() | 1L << 32).substring(1);
    }

    /** The text before the checksum; empty when the two do not fit. */
    static Optional<String> check(String line) {
        String text = line.substring(0, Math.max(0, line.length() - DIGITS - 1));
        return add(text).equals(line) ? Optional.of(text) : Optional.empty();
    }
}
