package overlayd.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
import overlayd.config.Share;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.subhost.LiveShare;

/**
 * The SHARE lines of a configuration file, changed as a careful hand would: every other line stays as it is, owner and mode too, the new file
 * takes the old one's place when it is whole, and only if overlayd understands it as it was meant.
 */
final class ShareLines {
    private final Path file;

    private ShareLines(Path file) {
        this.file = file;
    }

    /** @throws IOException no file is known for it */
    static ShareLines of(Locator.Named named) throws IOException {
        Optional<Path> file = named.subhost().map(subhost -> ByteText.path(subhost.file())).or(named::file);
        if (file.isEmpty() || !Files.isRegularFile(file.get())) {
            throw new IOException("its configuration file is not there, so nothing can be written into it");
        }
        // A link to the file stays a link.
        return new ShareLines(file.get().toRealPath());
    }

    /** Throws what {@link #add} would throw, but for a disk that is full. */
    void check(LiveShare share) throws IOException {
        changed(share);
    }

    /** Adds a line for the share; one for that path of the subhost that is there already is replaced. */
    void add(LiveShare share) throws IOException {
        write(changed(share));
    }

    /** Takes the line for that path of the subhost away. @return whether there was one */
    boolean remove(Path target) throws IOException {
        List<String> lines = lines();
        Optional<Share> line = config(lines).shares().stream().filter(share -> share.subhost().equals(target)).findFirst();
        if (line.isPresent()) {
            lines.remove(line.get().at().line() - 1);
            write(lines);
        }
        return line.isPresent();
    }

    private List<String> changed(LiveShare share) throws IOException {
        List<String> lines = lines();
        Optional<Share> old = config(lines).shares().stream().filter(one -> one.subhost().equals(share.target())).findFirst();
        String host = escaped(share.host());
        String line = "SHARE=" + host + (share.target().equals(share.host()) ? "" : ":" + escaped(share.target())) + (share.readOnly() ? ",ro" : "");
        if (old.isPresent()) {
            lines.set(old.get().at().line() - 1, line);
        } else {
            int end = lines.size() - (lines.get(lines.size() - 1).isEmpty() ? 1 : 0);
            lines.add(end, line);
            if (end == lines.size() - 1) {
                lines.add("");
            }
        }
        boolean understood = config(lines).shares().stream().anyMatch(one -> one.subhost().equals(share.target()) && one.host().equals(share.host())
                && one.readOnly() == share.readOnly());
        if (!understood) {
            throw new IOException("these paths cannot be written as SHARE= line; nothing was shared");
        }
        return lines;
    }

    private static String escaped(Path path) {
        return ByteText.of(path).replace("\\", "\\\\").replace(":", "\\:");
    }

    private List<String> lines() throws IOException {
        return new ArrayList<>(Arrays.asList(ByteText.decode(Files.readAllBytes(file)).split("\n", -1)));
    }

    private SubhostConfig config(List<String> lines) throws IOException {
        return ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.trusted(file, String.join("\n", lines))).config()
                .orElseThrow(() -> new IOException(ByteText.of(file) + " has errors and was not changed; see: overlay check"));
    }

    private void write(List<String> lines) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".overlay-new");
        Files.deleteIfExists(fresh);
        try {
            PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(ByteText.encode(String.join("\n", lines)));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
                view.setOwner(old.owner());
                view.setGroup(old.group());
                view.setPermissions(old.permissions());
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
