package overlayd.subhost;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import overlayd.kernel.ExitStatus;

/**
 * The runtime directory of one subhost. {@code mon}, {@code pid}, {@code exit} and {@code progress} are written by the monitor,
 * {@code record.json} and {@code journal} by the daemon; whole files appear by rename.
 */
record Rundir(Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_FILE = 1 << 20;

    /** What the monitor wrote of pid 1: pid and start time. */
    record InitFile(int pid, long startTime) {
    }

    Path journal() {
        return directory.resolve("journal");
    }

    Path monitorLock() {
        return directory.resolve("mon");
    }

    /** Makes it ready for a new boot: nothing of an earlier subhost is left. */
    void prepare() throws IOException {
        Instance.makePrivate(directory);
        for (String old : new String[] {"pid", "exit", "progress", "mon"}) {
            Files.deleteIfExists(directory.resolve(old));
        }
    }

    /** pid 1 as the monitor recorded it; empty when it was never let go. */
    Optional<InitFile> init() throws IOException {
        return text("pid").map(String::strip).filter(t -> t.matches("[0-9]{1,9} [0-9]{1,18}")).map(t -> t.split(" "))
                .map(words -> new InitFile(Integer.parseInt(words[0]), Long.parseLong(words[1])));
    }

    /** How pid 1 ended, as the monitor recorded it. */
    Optional<ExitStatus> exit() throws IOException {
        return text("exit").flatMap(ExitStatus::parse);
    }

    /** Lines of the ready pipe that came while no daemon was there. */
    String progress() throws IOException {
        return text("progress").orElse("");
    }

    /** Writes the record by rename, so that a reader finds the old one or the new one. */
    void write(SubhostRecord record) throws IOException {
        Path fresh = directory.resolve("record.json.new");
        Files.write(fresh, JSON.writeValueAsBytes(record));
        Files.move(fresh, directory.resolve("record.json"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The record; empty when there is none. @throws IOException when it cannot be understood */
    Optional<SubhostRecord> read() throws IOException {
        Optional<String> text = text("record.json");
        return text.isEmpty() ? Optional.empty() : Optional.of(JSON.readValue(text.get(), SubhostRecord.class));
    }

    /** Removes what only matters while the subhost lives; the record stays for overlay-list until the next boot. */
    void close() throws IOException {
        for (String file : new String[] {"journal", "pid", "exit", "progress", "mon"}) {
            Files.deleteIfExists(directory.resolve(file));
        }
    }

    /** Removes all of it. */
    void remove() throws IOException {
        close();
        Files.deleteIfExists(directory.resolve("record.json"));
        Files.deleteIfExists(directory.resolve("record.json.new"));
        Files.deleteIfExists(directory);
    }

    private Optional<String> text(String file) throws IOException {
        Path path = directory.resolve(file);
        try {
            return Files.size(path) > MAX_FILE ? Optional.empty() : Optional.of(Files.readString(path));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }
}
