package overlayd.subject;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;

/**
 * A configuration file that is changed as a careful hand would: every other line stays as it is, owner and mode too, and the new file takes
 * the old one's place when it is whole.
 */
final class ConfigLines {
    private static final Object CHANGING = new Object();
    private static final int ATTEMPTS = 10;

    private final Path file;

    /** What is to become of the lines, which may be changed. */
    interface Change {
        List<String> of(List<String> lines) throws IOException;
    }

    private ConfigLines(Path file) {
        this.file = file;
    }

    /** @throws IOException no file is known for it */
    static ConfigLines of(Locator.Named named) throws IOException {
        Optional<Path> file = named.subhost().map(subhost -> ByteText.path(subhost.file())).or(named::file);
        if (file.isEmpty() || !Files.isRegularFile(file.get())) {
            throw new IOException("its configuration file is not there, so nothing can be written into it");
        }
        // A link to the file stays a link.
        return new ConfigLines(file.get().toRealPath());
    }

    List<String> lines() throws IOException {
        return lines(Files.readAllBytes(file));
    }

    private static List<String> lines(byte[] text) {
        return new ArrayList<>(Arrays.asList(ByteText.decode(text).split("\n", -1)));
    }

    /** Adds a line at the end, which then ends in a line feed. */
    static void append(List<String> lines, String line) {
        int end = lines.size() - (lines.get(lines.size() - 1).isEmpty() ? 1 : 0);
        lines.add(end, line);
        if (end == lines.size() - 1) {
            lines.add("");
        }
    }

    /** What the lines say. @throws IOException they have errors */
    SubhostConfig config(List<String> lines) throws IOException {
        return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(file, String.join("\n", lines))).config()
                .orElseThrow(() -> new IOException(ByteText.of(file) + " has errors and was not changed; see: overlay check"));
    }

    Path file() {
        return file;
    }

    /**
     * Changes the file. Of two changes at once the second sees what the first has made of it; {@code change} is asked again where somebody else
     * has written meanwhile.
     */
    void change(Change change) throws IOException {
        synchronized (CHANGING) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                byte[] old = Files.readAllBytes(file);
                List<String> lines = change.of(lines(old));
                if (lines.equals(lines(old)) || replaced(old, lines)) {
                    return;
                }
            }
        }
        throw new IOException(ByteText.of(file) + " is being written by somebody else all the time; it was not changed");
    }

    /** @return false: it is not {@code old} any more, and nothing was done */
    private boolean replaced(byte[] old, List<String> lines) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".overlay-new");
        Files.deleteIfExists(fresh);
        try {
            PosixFileAttributes like = Files.readAttributes(file, PosixFileAttributes.class);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(ByteText.encode(String.join("\n", lines)));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                // Who may write the directory could have put a link there meanwhile.
                PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
                view.setOwner(like.owner());
                view.setGroup(like.group());
                view.setPermissions(like.permissions());
                channel.force(true);
            }
            if (!Arrays.equals(old, Files.readAllBytes(file))) {
                return false;
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
