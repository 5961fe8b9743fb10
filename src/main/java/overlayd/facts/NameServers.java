package overlayd.facts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The host's resolv.conf(5) as a subhost can use it. Where it names only a resolver of the host itself, which a subhost cannot reach on its own
 * loopback, the file is taken that this resolver keeps of the servers it asks. Reads only.
 */
public final class NameServers {
    /** systemd-resolved, NetworkManager (rc-manager, dnsmasq), resolvconf and openresolv with dnsmasq or unbound. */
    private static final List<String> REAL = List.of("run/systemd/resolve/resolv.conf", "run/NetworkManager/no-stub-resolv.conf",
            "run/dnsmasq/resolv.conf", "run/resolvconf/resolv.conf", "run/unbound/resolv.conf");

    private static final Pattern SERVER = Pattern.compile("nameserver\\s");
    private static final Pattern LOCAL = Pattern.compile("nameserver\\s+(127\\..*|::1\\s*)");

    private final Path root;

    /** @param root of the host */
    public NameServers(Path root) {
        this.root = root;
    }

    /** The text; the host's own file where nothing better is found, empty where there is none. */
    public String text() {
        String own = read(root.resolve("etc/resolv.conf")).orElse("");
        if (!onlyLocal(own)) {
            return own;
        }
        return REAL.stream().flatMap(file -> read(root.resolve(file)).stream()).filter(text -> servers(text) > 0 && !onlyLocal(text)).findFirst().orElse(own);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private static long servers(String text) {
        return text.lines().filter(NameServers::isServer).count();
    }

    private static boolean onlyLocal(String text) {
        return text.lines().filter(NameServers::isServer).allMatch(line -> LOCAL.matcher(line).matches());
    }

    private static boolean isServer(String line) {
        return SERVER.matcher(line).lookingAt();
    }
}
