package overlayd.subject;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import overlayd.config.ByteText;
import overlayd.config.Share;
import overlayd.subhost.LiveShare;

/** The SHARE lines of a configuration file. */
public final class ShareLines {
    private final ConfigLines file;

    private ShareLines(ConfigLines file) {
        this.file = file;
    }

    /** @throws IOException no file is known for it */
    public static ShareLines of(Locator.Named named) throws IOException {
        return new ShareLines(ConfigLines.of(named));
    }

    /** Throws what {@link #add} would throw, but for a disk that is full. */
    public void check(LiveShare share) throws IOException {
        changed(file.lines(), share);
    }

    /** Adds a line for the share; one for that path of the subhost that is there already is replaced. */
    public void add(LiveShare share) throws IOException {
        file.change(lines -> changed(lines, share));
    }

    /** Takes the line for that path of the subhost away. @return whether there was one */
    public boolean remove(Path target) throws IOException {
        AtomicBoolean there = new AtomicBoolean();
        file.change(lines -> {
            Optional<Share> line = file.config(lines).shares().stream().filter(share -> share.subhost().equals(target)).findFirst();
            there.set(line.isPresent());
            line.ifPresent(share -> lines.remove(share.at().line() - 1));
            return lines;
        });
        return there.get();
    }

    private List<String> changed(List<String> lines, LiveShare share) throws IOException {
        Optional<Share> old = file.config(lines).shares().stream().filter(one -> one.subhost().equals(share.target())).findFirst();
        String host = escaped(share.host());
        String line = "SHARE=" + host + (share.target().equals(share.host()) ? "" : ":" + escaped(share.target())) + (share.readOnly() ? ",ro" : "");
        if (old.isPresent()) {
            lines.set(old.get().at().line() - 1, line);
        } else {
            ConfigLines.append(lines, line);
        }
        boolean understood = file.config(lines).shares().stream().anyMatch(one -> one.subhost().equals(share.target()) && one.host().equals(share.host())
                && one.readOnly() == share.readOnly());
        if (!understood) {
            throw new IOException("these paths cannot be written as SHARE= line; nothing was shared");
        }
        return lines;
    }

    private static String escaped(Path path) {
        return ByteText.of(path).replace("\\", "\\\\").replace(":", "\\:");
    }
}
