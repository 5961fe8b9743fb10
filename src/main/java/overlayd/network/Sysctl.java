package overlayd.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A setting below /proc/sys/net of the daemon's network namespace, one number. Any host thread. */
public record Sysctl(Path file) {
    /** Whether the host passes IPv4 packets on between its interfaces. */
    public static final Sysctl FORWARD4 = named("ipv4/ip_forward");
    /** The same for IPv6. */
    public static final Sysctl FORWARD6 = named("ipv6/conf/all/forwarding");

    private static Sysctl named(String name) {
        return new Sysctl(Path.of("/proc/sys/net").resolve(name));
    }

    /** Whether packets to 127.0.0.0/8 may come and go by {@code link}. */
    public static Sysctl localRouting(String link) {
        return named("ipv4/conf/" + link + "/route_localnet");
    }

    /** Whether {@code link} takes a default route from router advertisements: 1 only while the host forwards nothing, 2 in any case. */
    public static Sysctl acceptAdvertisements(String link) {
        return named("ipv6/conf/" + link + "/accept_ra");
    }

    /** A setting that was changed. */
    public record Change(Sysctl setting, String before, String after) {
    }

    /** What is set; empty where the kernel has no such setting. */
    public Optional<String> read() {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Sets it. */
    public void write(String value) throws IOException {
        Files.writeString(file, value + "\n", StandardCharsets.US_ASCII);
    }

    /** Takes a change back, unless somebody has changed it since; an interface that is gone has no settings. */
    public static void restore(Change change) throws IOException {
        if (change.setting().read().filter(change.after()::equals).isPresent()) {
            change.setting().write(change.before());
        }
    }
}
