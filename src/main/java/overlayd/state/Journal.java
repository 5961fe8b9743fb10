package overlayd.state;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
public final class Journal implements AutoCloseable {
    /** ASCII only: paths hold any bytes, which {@link overlayd.config.ByteText} shows as lone surrogates; as UTF-8 those would be lost. */
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final String FORGET = "forget";

    private final FileChannel file;

    private Journal(FileChannel file) {
        this.file = file;
    }

    /** Starts a new journal at {@code path}, replacing one that was finished. */
    public static Journal start(Path path) throws IOException {
        return new Journal(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Writes a journal anew, by rename: a daemon that dies meanwhile leaves the old one. */
    public static void replace(Path path, List<Undo> undos) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try (Journal journal = start(fresh)) {
            for (Undo undo : undos) {
                journal.append(undo);
            }
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Records that {@code undo} will be needed. */
    public void append(Undo undo) throws IOException {
        write(UndoJson.write(undo));
    }

    /** Records that an undo is not needed after all: what bears that name is somebody else's. */
    public void forget(Undo undo) throws IOException {
        write(UndoJson.write(undo).put(FORGET, true));
    }

    private void write(JsonNode json) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((Sum.add(JSON.writeValueAsString(json)) + "\n").getBytes(StandardCharsets.US_ASCII));
        long before = file.position();
        try {
            while (line.hasRemaining()) {
                file.write(line);
            }
        } catch (IOException full) {
            file.truncate(before); // half a line would spoil the next one
            throw full;
        }
    }

    /**
     * What a journal holds.
     *
     * @param undos in the order of the steps
     * @param damage each line that cannot be understood; the others count all the same
     */
    public record Content(List<Undo> undos, List<IOException> damage) {
    }

    /** Everything recorded in {@code path}; nothing when there is no journal. */
    public static Content read(Path path) throws IOException {
        List<Undo> undos = new ArrayList<>();
        List<IOException> damage = new ArrayList<>();
        String text;
        try {
            text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return new Content(undos, damage);
        }
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
            try {
                JsonNode json = JSON.readTree(Sum.check(text.substring(start, end)).orElseThrow(() -> new IOException("a line is not as it was written")));
                Undo undo = UndoJson.read(json);
                if (json.has(FORGET)) {
                    int last = undos.lastIndexOf(undo);
                    undos.subList(Math.max(0, last), last + 1).clear();
                } else {
                    undos.add(undo);
                }
            } catch (IOException | IllegalArgumentException damaged) {
                damage.add(new IOException("journal " + path + " is damaged: " + damaged.getMessage(), damaged));
            }
        }
        return new Content(undos, damage);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
