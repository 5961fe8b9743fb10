package overlayd.subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.Relations;

/**
 * What boots with the host: what /etc/subhosts.conf lists, as overlay-boot 1.6.4 reads it, in its order; then the files of
 * /etc/overlayd/conf.d that say AUTOSTART=yes.
 *
 * @param list /etc/subhosts.conf
 */
public record Autostart(Path list, Locator locator) {

    /** One of them. @param file empty: there is none */
    public record Entry(String reference, Optional<Path> file) {
    }

    /** Each once, in order. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(listed().stream().map(line -> new Entry(line, locator.file(line, Optional.of(Path.of("/")))))
                .toList());
        for (Path file : locator.installed()) {
            if (wanted(file) && entries.stream().noneMatch(entry -> entry.file().filter(listed -> Locator.same(listed, file)).isPresent())) {
                entries.add(new Entry(ByteText.of(file), Optional.of(file)));
            }
        }
        return entries;
    }

    /** A configuration a line; a line with a # in it is none. */
    private List<String> listed() {
        try {
            return ByteText.decode(Files.readAllBytes(list)).lines().filter(line -> line.indexOf('#') < 0).map(String::strip)
                    .filter(line -> !line.isEmpty()).toList();
        } catch (IOException absent) {
            return List.of();
        }
    }

    private static boolean wanted(Path file) {
        try {
            return Relations.autostart(ConfigFile.open(file));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
