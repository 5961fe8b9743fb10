package overlayd.subhost;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the daemons of a model check log, some lines each and thousands in all: kept to its last part, told when something was found. */
final class ModelLog extends OutputStream {
    private static final int ENOUGH = 1 << 16;

    private final PrintStream real = System.err;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    /** In place of standard error, until {@link #end}. */
    static ModelLog begin() {
        ModelLog log = new ModelLog();
        System.setErr(new PrintStream(log, false, StandardCharsets.UTF_8));
        return log;
    }

    @Override
    public synchronized void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
        if (kept.size() > 2 * ENOUGH) {
            byte[] all = kept.toByteArray();
            kept.reset();
            kept.writeBytes(Arrays.copyOfRange(all, all.length - ENOUGH, all.length));
        }
        kept.write(bytes, from, length);
    }

    void end(boolean told) {
        System.setErr(real);
        if (told) {
            System.err.print("the last that was logged:\n" + kept.toString(StandardCharsets.UTF_8));
        }
    }
}
