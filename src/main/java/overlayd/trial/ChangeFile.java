package overlayd.trial;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.kernel.KernelException;
import overlayd.upper.Change;
import overlayd.upper.Changes;
import overlayd.upper.Diff;

/** Changes in a file, a line each, read a piece at a time: a million of them need no more memory than a few. One thread. */
final class ChangeFile implements Changes, AutoCloseable {
    private static final int PIECE = 1 << 16;

    private final FileChannel file;
    /** Behind the last line that has an end: what follows was not written wholly. */
    private final long end;
    private final int count;

    private ChangeFile(FileChannel file) throws IOException, KernelException {
        this.file = file;
        long[] found = new long[2];
        lines((line, behind) -> {
            found[0] = behind;
            found[1] += ChangeText.parse(line).isPresent() ? 1 : 0;
        });
        this.end = found[0];
        this.count = (int) found[1];
    }

    /** Tells changes. */
    interface Source {
        void tell(Diff.Found found) throws KernelException;
    }

    /** Those of a {@link TrialLog}. */
    static ChangeFile open(Path path) throws IOException, KernelException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new ChangeFile(file);
        } catch (IOException | KernelException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    /** All that {@code source} tells; {@code path} names the file while it is made. */
    static ChangeFile of(Path path, Source source) throws IOException, KernelException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            Files.delete(path);
            fill(file, source);
            return new ChangeFile(file);
        } catch (IOException | KernelException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    private static void fill(FileChannel file, Source source) throws IOException, KernelException {
        OutputStream stream = Channels.newOutputStream(file);
        ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE);
        source.tell(change -> {
            piece.writeBytes(ByteText.encode(ChangeText.of(change) + "\n"));
            if (piece.size() >= PIECE) {
                flush(piece, stream);
            }
        });
        flush(piece, stream);
    }

    private static void flush(ByteArrayOutputStream piece, OutputStream stream) throws KernelException {
        try {
            piece.writeTo(stream);
            piece.reset();
        } catch (IOException failed) {
            throw TrialGround.io("write", "list of changes", failed);
        }
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** A line without its end, and where the next one begins. */
    private interface Lines {
        void line(String line, long behind) throws KernelException;
    }

    private void lines(Lines lines) throws IOException, KernelException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (long at = 0; file.read(piece.clear(), at) > 0; at += piece.limit()) {
            piece.flip();
            while (piece.hasRemaining()) {
                byte b = piece.get();
                if (b == '\n') {
                    lines.line(ByteText.decode(line.toByteArray()), at + piece.position());
                    line.reset();
                } else {
                    line.write(b);
                }
            }
        }
    }

    @Override
    public void forward(Each each) throws KernelException {
        int[] number = new int[1];
        try {
            lines((line, behind) -> {
                Optional<Change> change = ChangeText.parse(line);
                if (change.isPresent()) {
                    each.change(number[0]++, change.get());
                }
            });
        } catch (IOException failed) {
            throw TrialGround.io("read", "list of changes", failed);
        }
    }

    @Override
    public void backward(Each each) throws KernelException {
        int number = count;
        byte[] cut = new byte[0]; // the beginning of a line that the piece before has the rest of
        for (long to = end; to > 0; to -= PIECE) {
            byte[] all = piece(Math.max(0, to - PIECE), to, cut);
            int stop = all.length;
            for (int i = all.length - 1; i >= 0; i--) {
                if (all[i] == '\n') {
                    number = give(all, i + 1, stop, number, each);
                    stop = i;
                }
            }
            cut = Arrays.copyOf(all, stop);
        }
        give(cut, 0, cut.length, number, each);
    }

    private static int give(byte[] all, int from, int to, int number, Each each) throws KernelException {
        Optional<Change> change = ChangeText.parse(ByteText.decode(Arrays.copyOfRange(all, from, to)));
        if (change.isEmpty()) {
            return number;
        }
        each.change(number - 1, change.get());
        return number - 1;
    }

    /** What lies from {@code from} to {@code to}, and {@code rest} behind it. */
    private byte[] piece(long from, long to, byte[] rest) throws KernelException {
        byte[] bytes = new byte[(int) (to - from) + rest.length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, (int) (to - from));
        try {
            while (buffer.hasRemaining()) {
                if (file.read(buffer, from + buffer.position()) < 0) {
                    throw new IOException("it is shorter than before");
                }
            }
        } catch (IOException failed) {
            throw TrialGround.io("read", "list of changes", failed);
        }
        System.arraycopy(rest, 0, bytes, (int) (to - from), rest.length);
        return bytes;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException read) {
            // it was written to, and read, before
        }
    }
}
