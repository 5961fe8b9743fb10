package overlayd.command;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Makes bytes that a subhost wrote harmless for the terminal of whoever looks at them: control characters become {@code \xNN}, but for
 * line ends, tabs, and colours ({@code ESC [ digits m}). Keeps a sequence that is cut between two pieces.
 */
final class TerminalFilter implements Consumer<byte[]> {
    private static final int ESC = 0x1b;
    private static final int LONGEST = 32;

    private final Consumer<byte[]> sink;
    private final ByteArrayOutputStream sequence = new ByteArrayOutputStream();

    TerminalFilter(Consumer<byte[]> sink) {
        this.sink = sink;
    }

    @Override
    public void accept(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 16);
        for (byte b : bytes) {
            take(b & 0xff, out);
        }
        sink.accept(out.toByteArray());
    }

    private void take(int b, ByteArrayOutputStream out) {
        if (sequence.size() == 0 && b != ESC) {
            plain(b, out);
            return;
        }
        sequence.write(b);
        byte[] soFar = sequence.toByteArray();
        if (b == 'm' && soFar.length > 2) {
            out.writeBytes(soFar);
            sequence.reset();
        } else if (!mayBeColour(soFar)) {
            sequence.reset();
            shown(soFar[0] & 0xff, out);
            // what follows ESC may itself begin a colour
            for (int i = 1; i < soFar.length; i++) {
                take(soFar[i] & 0xff, out);
            }
        }
    }

    private static boolean mayBeColour(byte[] soFar) {
        if (soFar.length > LONGEST || soFar.length > 1 && soFar[1] != '[') {
            return false;
        }
        int last = soFar[soFar.length - 1];
        return soFar.length <= 2 || last >= '0' && last <= '9' || last == ';' || last == ':';
    }

    private static void plain(int b, ByteArrayOutputStream out) {
        if (b >= 0x20 && b != 0x7f || b == '\n' || b == '\t' || b == '\r') {
            out.write(b);
        } else {
            shown(b, out);
        }
    }

    private static void shown(int b, ByteArrayOutputStream out) {
        out.writeBytes(String.format("\\x%02x", b).getBytes(StandardCharsets.US_ASCII));
    }
}
