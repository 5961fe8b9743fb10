package overlayd.config;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Text that came from bytes nobody promised to be UTF-8, and goes back to exactly those bytes.
 *
 * <p>File names on Linux are bytes. Valid UTF-8 becomes the characters it means; every other byte 0x80-0xff becomes
 * the lone surrogate U+DC80-U+DCFF (the rule Python calls <i>surrogateescape</i>), which no valid UTF-8 yields, so
 * {@code encode(decode(b))} is {@code b} for every array.
 *
 * <p>Paths are made through a {@code file:} URI because that is the JDK's one door that takes raw bytes:
 * {@code Path.of("ñ")} fails under {@code LC_ALL=C} and no string yields the byte 0xff, whatever the locale. The way
 * back is {@link #bytes(Path)}; {@code Path.toString()} is only for names known to be ASCII.
 */
public final class ByteText {
    private static final int ESCAPE = 0xDC00;

    private ByteText() {}

    /** The text of these bytes; never fails. */
    public static String decode(byte[] bytes) {
        if (isAscii(bytes)) return new String(bytes, StandardCharsets.US_ASCII);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);   // UTF-8 never yields more chars than bytes
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) out.put((char) (ESCAPE + (in.get() & 0xff)));
            result = decoder.reset().decode(in, out, true);
        }
        return out.flip().toString();
    }

    /** The bytes of this text; an unpaired surrogate that {@link #decode} did not make becomes '?'. */
    public static byte[] encode(String text) {
        if (isAscii(text)) return text.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff) out.write(c - ESCAPE);
            else out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        });
        return out.toByteArray();
    }

    /**
     * The path of this text, absolute or relative, with exactly its bytes whatever the locale.
     *
     * @throws IllegalArgumentException when it is empty or holds a NUL
     */
    public static Path path(String text) {
        if (text.isEmpty() || text.indexOf('\0') >= 0) throw new IllegalArgumentException("a path is not empty and has no NUL");
        if (isAscii(text)) return Path.of(text);
        StringBuilder uri = new StringBuilder(text.startsWith("/") ? "file://" : "file:///");
        for (byte b : encode(text)) {
            if (b == '/') uri.append('/');
            else uri.append(String.format("%%%02X", b & 0xff));
        }
        // More than one leading slash would be read as "//authority".
        Path absolute = Path.of(URI.create(uri.toString().replaceFirst("^file:/{3,}", "file:///")));
        return text.startsWith("/") ? absolute : Path.of("/").relativize(absolute);
    }

    /** The text of this path, the inverse of {@link #path}. */
    public static String of(Path path) {
        String shown = path.toString();
        return isAscii(shown) ? shown : decode(bytes(path));
    }

    /** The exact bytes of this path, as a system call takes them (without a closing NUL). */
    public static byte[] bytes(Path path) {
        String shown = path.toString();
        if (isAscii(shown)) return shown.getBytes(StandardCharsets.US_ASCII);
        // toUri() would make a relative path absolute by the daemon's own directory, so it is hung under / here.
        String raw = Path.of("/").resolve(path).toUri().getRawPath();
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
        for (int i = path.isAbsolute() ? 0 : 1; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                out.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.write(raw.charAt(i));
            }
        }
        byte[] bytes = out.toByteArray();
        boolean slash = bytes.length > 1 && bytes[bytes.length - 1] == '/';   // toUri() marks directories that exist
        return slash ? java.util.Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) return false;
        }
        return true;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) return false;
        }
        return true;
    }
}
