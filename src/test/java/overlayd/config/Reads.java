package overlayd.config;

import java.nio.file.Path;
import java.util.List;

/** Reads texts as files, for tests. */
final class Reads {
    static final Path FILE = Path.of("/etc/subhosts/web.conf");

    private Reads() {}

    /** Read as a boot does, running nothing. */
    static Reading boot(String... lines) {
        return reader(Strictness.BOOT).read(ConfigFile.trusted(FILE, text(lines)));
    }

    /** Read as {@code overlay check} does. */
    static Reading check(String... lines) {
        return reader(Strictness.CHECK).read(ConfigFile.trusted(FILE, text(lines)));
    }

    /** A configuration without any problem, its BASE being /srv/web. */
    static SubhostConfig good(String... lines) {
        Reading reading = boot("BASE=/srv/web\n" + text(lines));
        if (!reading.problems().isEmpty()) throw new AssertionError(reading.problems().toString());
        return reading.config().orElseThrow();
    }

    static ConfigReader reader(Strictness strictness) {
        return ConfigReader.showing(strictness, HostDefaults.NONE);
    }

    static String text(String... lines) {
        return lines.length == 0 ? "" : String.join("\n", lines) + "\n";
    }

    /** The problems without the directory of the file. */
    static List<String> texts(List<Problem> problems) {
        return problems.stream().map(p -> p.text().replace("/etc/subhosts/web.conf:", "web.conf:")).toList();
    }
}
