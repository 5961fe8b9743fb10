package overlayd.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.Subnet;
import overlayd.kernel.ExitStatus;

/**
 * The runtime directory of one subhost. {@code mon}, {@code pid}, {@code exit} and {@code progress} are written by the monitor,
 * {@code record.json}, {@code seccomp} and {@code journal} by the daemon; whole files appear by rename.
 */
public record Rundir(Path directory) {
    private static final String ADDRESSES = "addresses";
    private static final int MAX_FILE = 1 << 20;
    private static final int MAX_QUARANTINED = 1000;
    /** What only matters while a subhost lives: the daemon's, then the monitor's; and drafts, where a full file system left one. */
    private static final List<String> OF_ONE_LIFE = List.of("seccomp", ADDRESSES, "record.json.new", "journal.new", "pid", "exit", "progress", "mon",
            "pid.tmp", "exit.tmp");

    /** What the monitor wrote of pid 1: pid and start time. */
    public record InitFile(int pid, long startTime) {
    }

    public Path journal() {
        return directory.resolve("journal");
    }

    /** The system call filter that pid 1 was given; none where it has none. */
    public Path filter() {
        return directory.resolve("seccomp");
    }

    /** Keeps the filter's program for commands that enter, whichever daemon starts them. */
    public void keepFilter(byte[] program) throws IOException {
        Files.write(filter(), program);
    }

    /** The addresses that the configuration has given its inner ends, for those who look for a free one, or for who has one. */
    public void keepAddresses(List<String> addresses) throws IOException {
        Files.writeString(directory.resolve(ADDRESSES), String.join("\n", addresses) + "\n", StandardCharsets.US_ASCII);
    }

    /** What {@link #keepAddresses} kept; none where the configuration gives none. */
    public List<Subnet> addresses() {
        try {
            return text(ADDRESSES).orElse("").lines().flatMap(line -> Subnet.parse(line).stream()).toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    public Path monitorLock() {
        return directory.resolve("mon");
    }

    /** Makes it ready for a new boot: nothing of an earlier subhost is left. */
    public void prepare() throws IOException {
        Instance.makePrivate(directory);
        delete(OF_ONE_LIFE);
    }

    /** In this order. Most of them are not there, which one look at the directory tells. */
    private void delete(List<String> names) throws IOException {
        Set<String> found = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            files.forEach(file -> found.add(file.getFileName().toString()));
        } catch (NoSuchFileException gone) {
            return;
        } catch (DirectoryIteratorException unreadable) {
            throw unreadable.getCause();
        }
        for (String name : names) {
            if (found.contains(name)) {
                Files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    /** Whether the monitor's note of pid 1 is there, readable or not. */
    public boolean hasInitFile() {
        return Files.exists(directory.resolve("pid"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether there is a note of pid 1's end, readable or not. */
    public boolean hasExitFile() {
        return Files.exists(directory.resolve("exit"), LinkOption.NOFOLLOW_LINKS);
    }

    /** pid 1 as the monitor recorded it; empty when it was never let go. */
    public Optional<InitFile> init() throws IOException {
        return text("pid").map(String::strip).filter(t -> t.matches("[0-9]{1,9} [0-9]{1,18}")).map(t -> t.split(" "))
                .map(words -> new InitFile(Integer.parseInt(words[0]), Long.parseLong(words[1])));
    }

    /** Writes the monitor's note anew where it was lost, by rename. */
    public void write(InitFile init) throws IOException {
        replace("pid", "pid.tmp", init.pid() + " " + init.startTime() + "\n");
    }

    /** How pid 1 ended, as the monitor recorded it. */
    public Optional<ExitStatus> exit() throws IOException {
        return text("exit").flatMap(ExitStatus::parse);
    }

    /** Lines of the ready pipe that came while no daemon was there. */
    public String progress() throws IOException {
        return text("progress").orElse("");
    }

    /** Writes the record by rename, so that a reader finds the old one or the new one. */
    public void write(SubhostRecord record) throws IOException {
        replace("record.json", "record.json.new", Sum.add(RecordJson.write(record)) + "\n");
    }

    private void replace(String file, String draftName, String text) throws IOException {
        Path draft = directory.resolve(draftName);
        try {
            Files.writeString(draft, text, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException left) {
            // By a daemon that was killed; or it is no file of ours, which could block whoever opens it, as a fifo does.
            Files.delete(draft);
            Files.writeString(draft, text, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
        Files.move(draft, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The record; empty when there is none. @throws IOException when it cannot be understood */
    public Optional<SubhostRecord> read() throws IOException {
        Path path = directory.resolve("record.json");
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        String text = text("record.json").orElseThrow(() -> new IOException(path + " is larger than any record"));
        // One that somebody wrote by hand has no checksum.
        String json = text.stripTrailing().endsWith("}") ? text
                : Sum.check(text.stripTrailing()).orElseThrow(() -> new IOException(path + " is not as it was written"));
        SubhostRecord record = RecordJson.read(json);
        if (!record.name().equals(directory.getFileName().toString())) {
            throw new IOException(path + " is not the record of this subhost");
        }
        return Optional.of(record);
    }

    /** Removes what only matters while the subhost lives; the record stays for overlay-list until the next boot. */
    public void close() throws IOException {
        Files.deleteIfExists(journal());
        delete(OF_ONE_LIFE);
    }

    /** Whether it holds what a closed one does not: a boot, stop or life that no daemon has brought to its end. */
    public boolean isOpen() {
        return Files.exists(journal()) || Files.exists(monitorLock()) || Files.exists(directory.resolve("pid"));
    }

    /** Puts a file aside that cannot be understood, for whoever wants to know what became of it: into quarantine/ beside subhosts/. */
    public Path quarantine(String file) throws IOException {
        return quarantine(directory.resolve(file), directory.getFileName() + "-" + file);
    }

    /** Moves {@code path} out of the runtime directory's subhosts/ to quarantine/NAME, or NAME.2 where there is one already. */
    private static Path quarantine(Path path, String name) throws IOException {
        Path subhosts = name.equals(path.getFileName().toString()) ? path.getParent() : path.getParent().getParent();
        Path quarantine = subhosts.resolveSibling("quarantine");
        Instance.makePrivate(quarantine);
        Path target = quarantine.resolve(name);
        for (int i = 2; Files.exists(target, LinkOption.NOFOLLOW_LINKS) && i < MAX_QUARANTINED; i++) {
            target = quarantine.resolve(name + "." + i);
        }
        return Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Puts aside what no daemon and no monitor makes: this path where it is no directory, and in it whatever is no plain small file. */
    public List<Path> quarantineOddities() throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of(quarantine(directory, directory.getFileName().toString()));
        }
        List<Path> odd = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_FILE) {
                    odd.add(quarantine(file.getFileName().toString()));
                }
            }
        }
        return odd;
    }

    /** Removes all of it. */
    public void remove() throws IOException {
        close();
        Files.deleteIfExists(directory.resolve("record.json"));
        Files.deleteIfExists(directory);
    }

    private Optional<String> text(String file) throws IOException {
        Path path = directory.resolve(file);
        try {
            // Never refused for its bytes: "progress" is written by whatever runs in the subhost.
            return Files.size(path) > MAX_FILE ? Optional.empty() : Optional.of(new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }
}
