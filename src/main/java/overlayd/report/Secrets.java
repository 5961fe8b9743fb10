package overlayd.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.SubhostConfig;
import overlayd.security.Hole;

/** Secrets of the host that a subhost over the host's own root reads: looked for by name, never opened. */
public final class Secrets {
    private static final List<String> FILES = List.of("/etc/shadow", "/etc/gshadow", "/etc/krb5.keytab");
    private static final List<String> DIRECTORIES = List.of("/root", "/etc/ssl/private", "/etc/letsencrypt", "/etc/wireguard", "/etc/sudoers.d",
            "/home", "/var/lib/postgresql", "/var/lib/mysql", "/var/backups");
    /** What HIDE=secrets hides of them. */
    private static final List<String> PRESET = List.of("/root", "/etc/shadow", "/etc/gshadow", "/etc/ssl/private", "/etc/ssh/ssh_host_", "/var/backups");
    private static final Path HOST = Path.of("/");

    private final Path host;

    public Secrets() {
        this(HOST);
    }

    /** @param host the host's root, for tests another directory */
    public Secrets(Path host) {
        this.host = host;
    }

    /** As a hole for the audit; none when there is nothing to read. */
    List<Hole> readable(SubhostConfig config) {
        List<String> found = paths(config);
        return found.isEmpty() ? List.of() : List.of(new Hole(Hole.Gravity.PART, "reads the host's secrets, since LOWER is the host's root: "
                + String.join(" ", found), remedy(config, found)));
    }

    /** What closes it. */
    public static String remedy(SubhostConfig config, List<String> found) {
        boolean preset = config.security().secrets() == Security.Secrets.HIDDEN;
        List<String> rest = found.stream().filter(path -> PRESET.stream().noneMatch(path::startsWith)).toList();
        String whole = (preset || rest.size() < found.size() ? "HIDE=secrets " : "HIDE=") + String.join(" ", rest);
        return whole.strip() + " (what its services need themselves must stay), or a LOWER of its own";
    }

    /** Secrets of this host that its root reads. */
    public List<String> paths(SubhostConfig config) {
        boolean overHost = config.root().kind() == RootKind.OVERLAY ? config.root().lowers().contains(HOST) : config.root().upper().equals(HOST);
        if (!overHost) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        FILES.stream().filter(file -> Files.exists(at(file), LinkOption.NOFOLLOW_LINKS)).forEach(found::add);
        DIRECTORIES.stream().filter(directory -> holdsSomething(at(directory))).forEach(found::add);
        found.addAll(hostKeys());
        List<String> hidden = config.security().hidden().stream().map(ByteText::of).toList();
        if (config.security().secrets() == Security.Secrets.HIDDEN) {
            found.removeIf(path -> PRESET.stream().anyMatch(path::startsWith));
        }
        found.removeIf(path -> hidden.stream().anyMatch(h -> path.equals(h) || path.startsWith(h + "/")));
        return found;
    }

    private Path at(String path) {
        return host.resolve(path.substring(1));
    }

    private static boolean holdsSomething(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isPresent();
        } catch (IOException absent) {
            return false;
        }
    }

    private List<String> hostKeys() {
        try (Stream<Path> entries = Files.list(at("/etc/ssh"))) {
            return entries.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("ssh_host_") && name.endsWith("_key"))
                    .sorted().map(name -> "/etc/ssh/" + name).toList();
        } catch (IOException absent) {
            return List.of();
        }
    }
}
