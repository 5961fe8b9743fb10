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
    private static final int LEADS_C1 = 0xc2;

    private final Consumer<byte[]> sink;
    private final ByteArrayOutputStream sequence = new ByteArrayOutputStream();
    /** Whether C2 came and is held back; bytes of a character that are still to come. */
    private boolean controlsFollow;
    private int continuations;

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
        if (b == ESC && controlsFollow) {
            controlsFollow = false;
            out.write(LEADS_C1);
        }
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

    /** Of UTF-8 it need know one thing: C2 before 80 to 9f is a control of C1, which terminals obey as ESC and another byte. */
    private void plain(int b, ByteArrayOutputStream out) {
        if (controlsFollow) {
            controlsFollow = false;
            if (isC1(b)) {
                shown(LEADS_C1, out);
                shown(b, out);
                return;
            }
            out.write(LEADS_C1);
        }
        if (b == LEADS_C1) {
            controlsFollow = true;
        } else if (isC1(b) && continuations == 0) {
            shown(b, out);
        } else if (b >= 0x20 && b != 0x7f || b == '\n' || b == '\t' || b == '\r') {
            out.write(b);
        } else {
            shown(b, out);
        }
        continuations = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc3 ? 1 : b >= 0x80 && b < 0xc0 && continuations > 0 ? continuations - 1 : 0;
    }

    private static boolean isC1(int b) {
        return b >= 0x80 && b < 0xa0;
    }

    private static void shown(int b, ByteArrayOutputStream out) {
        out.writeBytes(String.format("\\x%02x", b).getBytes(StandardCharsets.US_ASCII));
    }
}
