package overlayd.kernel;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Text of the kernel (paths, arguments, environment), which is bytes, as a Java string and back without loss: UTF-8, and
 * each byte that is not valid UTF-8 becomes the lone surrogate U+DC00 + byte (the "surrogateescape" of PEP 383).
 */
public final class RawText {
    private static final int ESCAPE = 0xDC00;

    private RawText() {
    }

    /** The string of {@code bytes}. */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The string of {@code length} bytes from {@code offset}. */
    public static String decode(byte[] bytes, int offset, int length) {
        if (isAscii(bytes, offset, length)) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        // Never more chars than bytes: an escape is one char for one byte.
        CharBuffer out = CharBuffer.allocate(length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isUnderflow()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xFF)));
            }
            decoder.reset();
        }
    }

    /** As nearly all of it is; then there is nothing to be lost. */
    private static boolean isAscii(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasEscape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of {@code text}; a surrogate that is neither paired nor an escape becomes {@code ?}. */
    public static byte[] encode(String text) {
        if (!hasEscape(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (point >= ESCAPE + 0x80 && point <= ESCAPE + 0xFF) {
                out.put((byte) (point - ESCAPE));
            } else {
                out.put(new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
