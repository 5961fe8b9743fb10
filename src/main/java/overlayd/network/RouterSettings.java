package overlayd.network;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Settings of the kernel that make the host a router, each with what it was before, in a file of the state directory that is written before the
 * setting: what was changed is taken back when no network needs it any more. What was set already was not our doing and stays. One thread at a time.
 */
public final class RouterSettings {
    private final Path file;
    private final String bootId;

    /** @param bootId the settings of another boot of the host are gone with it */
    public RouterSettings(Path file, String bootId) {
        this.file = file;
        this.bootId = bootId;
    }

    /** Has the host pass IPv4 packets on between its interfaces. @return whether it did not so far */
    public boolean forward4() throws IOException {
        return set(Sysctl.FORWARD4, "1");
    }

    /**
     * The same for IPv6. The kernel then ignores router advertisements on interfaces that take them only as a host: those of {@code links}
     * are told to take them as a router, too, or the host would lose its own default route.
     */
    public boolean forward6(List<String> links) throws IOException {
        if (Sysctl.FORWARD6.read().filter("0"::equals).isEmpty()) {
            return false;
        }
        for (String link : links) {
            if (Sysctl.acceptAdvertisements(link).read().filter("1"::equals).isPresent()) {
                set(Sysctl.acceptAdvertisements(link), "2");
            }
        }
        return set(Sysctl.FORWARD6, "1");
    }

    private boolean set(Sysctl setting, String value) throws IOException {
        Optional<String> before = setting.read();
        if (before.isEmpty() || before.get().equals(value)) {
            return false;
        }
        List<Sysctl.Change> changes = new ArrayList<>(changes());
        changes.add(new Sysctl.Change(setting, before.get(), value));
        write(changes);
        setting.write(value);
        return true;
    }

    /** Takes everything back. */
    public void restore() throws IOException {
        List<Sysctl.Change> changes = new ArrayList<>(changes());
        Collections.reverse(changes);
        for (Sysctl.Change change : changes) {
            Sysctl.restore(change);
        }
        Files.deleteIfExists(file);
    }

    private List<Sysctl.Change> changes() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return List.of();
        }
        if (lines.isEmpty() || !lines.get(0).equals("boot " + bootId)) {
            return List.of();
        }
        return lines.stream().skip(1).map(line -> line.split(" ")).filter(words -> words.length == 3)
                .map(words -> new Sysctl.Change(new Sysctl(Path.of(words[0])), words[1], words[2])).toList();
    }

    private void write(List<Sysctl.Change> changes) throws IOException {
        StringBuilder text = new StringBuilder("boot " + bootId + "\n");
        changes.forEach(change -> text.append(change.setting().file()).append(' ').append(change.before()).append(' ').append(change.after()).append('\n'));
        replace(file, text.toString());
    }

    /** Writes a file of the state directory whole: by rename, on the disk before it counts. */
    public static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(StandardCharsets.UTF_8.encode(text));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
