package overlayd.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What documentation derives from {@link ConfigKey} and {@link Rule}; a test compares it with the files. */
public final class ConfigDocs {
    private static final int WIDTH = 78;

    private ConfigDocs() {}

    /** The keys of this version, in the order of documentation. */
    public static List<ConfigKey> keys() {
        return Arrays.stream(ConfigKey.values()).filter(key -> key.implemented() && !key.hostOnly()).toList();
    }

    /** conf.d/example.conf: every key with its default, as comments; works as it is. */
    public static String exampleFile() {
        StringBuilder out = new StringBuilder();
        out.append("# Every key of a subhost's configuration file with its default; see subhost.conf(5).\n");
        out.append("# Made from the table of keys: copy it, remove the # where you want something else.\n");
        for (ConfigKey key : keys()) {
            out.append('\n').append(wrapped("# ", sentence(key))).append("# Default: ").append(key.defaultShown()).append('\n');
            boolean asDefault = key.defaultText().filter(text -> !text.isEmpty()).isPresent();
            String value = asDefault ? key.defaultText().get() : key.example();
            boolean active = key == ConfigKey.BASE;   // the one key a file cannot do without
            out.append(active ? "" : "#").append(key).append('=').append(active ? "/var/lib/overlayd/subhosts/example" : value).append('\n');
        }
        out.append('\n').append(wrapped("# ", "Planned, and refused in this version: " + later() + "."));
        return out.toString();
    }

    /** The part of a key's section in subhost.conf(5) that the table knows, in AsciiDoc. */
    public static String manualBlock(ConfigKey key) {
        StringBuilder out = new StringBuilder();
        out.append(wrapped("", sentence(key))).append('\n');
        out.append("`+").append(key).append('=').append(key.kind().syntax()).append("+` +\n");
        out.append("Default: ").append(key.defaultText().filter(t -> !t.isEmpty()).map(t -> "`+" + t + "+`").orElse(key.defaultShown())).append(" +\n");
        out.append("Example: `+").append(key).append('=').append(key.example()).append("+` +\n");
        out.append("From: ").append(key.origin().shown()).append(key.hostWide() ? "; overlayd.conf may set the default" : "").append('\n');
        return out.toString();
    }

    /** The paragraph of subhost.conf(5) on the keys this version refuses. */
    public static String laterBlock() {
        return wrapped("", "These keys are known and refused in this version: " + later() + ".");
    }

    /** The keys of overlayd.conf(5), in AsciiDoc. */
    public static String hostWideList() {
        return Arrays.stream(ConfigKey.values()).filter(key -> key.implemented() && key.hostWide())
                .map(k -> "`+" + k + "=" + k.kind().syntax() + "+`::\n" + sentence(k) + " Default: `+" + k.defaultShown() + "+`.\n")
                .collect(Collectors.joining("\n"));
    }

    /** The keys this version refuses, as one line of text. */
    public static String later() {
        return Arrays.stream(ConfigKey.values()).filter(k -> !k.implemented()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** The list of rules for overlayd-errors(7), in AsciiDoc: one entry each. */
    public static String ruleList() {
        return Arrays.stream(Rule.values())
                .map(r -> "*" + r.id() + "* (" + r.severity().word() + ")::\n"
                        + Character.toUpperCase(r.meaning().charAt(0)) + r.meaning().substring(1) + ".\n")
                .collect(Collectors.joining("\n"));
    }

    private static String sentence(ConfigKey key) {
        return Character.toUpperCase(key.doc().charAt(0)) + key.doc().substring(1) + ".";
    }

    private static String wrapped(String prefix, String text) {
        StringBuilder out = new StringBuilder();
        StringBuilder line = new StringBuilder(prefix);
        for (String word : text.split(" ")) {
            if (line.length() > prefix.length() && line.length() + word.length() > WIDTH) {
                out.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(prefix);
            }
            line.append(word).append(' ');
        }
        return out.append(line.toString().stripTrailing()).append('\n').toString();
    }
}
