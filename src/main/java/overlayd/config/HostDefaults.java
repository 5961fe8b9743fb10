package overlayd.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * What overlayd.conf sets for every subhost that does not say otherwise.
 *
 * @param texts only keys that are {@link ConfigKey#hostWide()}
 */
public record HostDefaults(Map<ConfigKey, String> texts) {
    /** The seed's defaults. */
    public static final HostDefaults NONE = new HostDefaults(Map.of());

    public HostDefaults {
        texts = Map.copyOf(texts);
        texts.keySet().forEach(key -> {
            if (!key.hostWide()) throw new IllegalArgumentException(key + " has no host-wide default");
        });
    }

    /** The group that may use the control socket. */
    public java.util.Optional<String> socketGroup() {
        return java.util.Optional.ofNullable(texts.get(ConfigKey.SOCKET_GROUP));
    }

    /** Where the daemon's own messages go. */
    public DaemonLog daemonLog() {
        return java.util.Optional.ofNullable(texts.get(ConfigKey.DAEMON_LOG)).flatMap(DaemonLog::of).orElse(DaemonLog.AUTO);
    }

    /** Where numbers are told. */
    public java.util.Optional<Path> metricsSocket() {
        return java.util.Optional.ofNullable(texts.get(ConfigKey.METRICS_SOCKET)).map(ByteText::path);
    }

    /** The default of a key as it could be written in the file; empty where there is none. */
    String text(ConfigKey key, Path file) {
        if (key == ConfigKey.NAME) return nameOf(file);
        String hostWide = texts.get(key);
        return hostWide != null ? hostWide : key.defaultText().orElse("");
    }

    /** The file's name without {@code .conf}. */
    static String nameOf(Path file) {
        String name = ByteText.of(file.getFileName());
        return name.endsWith(".conf") && name.length() > 5 ? name.substring(0, name.length() - 5) : name;
    }
}
