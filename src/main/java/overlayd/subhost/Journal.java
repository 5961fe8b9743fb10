package overlayd.subhost;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import overlayd.plan.Undo;

/**
 * The write-ahead journal of one subhost: one line of JSON for each undo, appended <em>before</em> its step is done. It lies in the
 * runtime directory, because everything it can take back ends with the host's next start anyhow; so no fsync is needed: a line
 * that write(2) took survives the death of the daemon.
 *
 * <p>A torn last line means that its step was never begun. One thread at a time (the subhost's lane).
 */
final class Journal implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileChannel file;

    private Journal(FileChannel file) {
        this.file = file;
    }

    /** Starts a new journal at {@code path}, replacing one that was finished. */
    static Journal start(Path path) throws IOException {
        return new Journal(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Records that {@code undo} will be needed. */
    void append(Undo undo) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((UndoJson.write(undo) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            file.write(line);
        }
    }

    /** Every undo recorded in {@code path}, in the order of the steps; empty when there is no journal. */
    static List<Undo> read(Path path) throws IOException {
        List<Undo> undos = new ArrayList<>();
        String text;
        try {
            text = Files.readString(path);
        } catch (NoSuchFileException none) {
            return undos;
        }
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
            try {
                undos.add(UndoJson.read(JSON.readTree(text.substring(start, end))));
            } catch (IOException | IllegalArgumentException damaged) {
                throw new IOException("journal " + path + " is damaged: " + damaged.getMessage(), damaged);
            }
        }
        return undos;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
