package overlayd.facts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import overlayd.plan.HostProfile;

/**
 * The AppArmor profiles that the host has loaded and that attach to programs by path, as securityfs shows them (apparmor.d(5), "profile
 * attachment"). Those that confine nothing are left out, and those whose pattern has more than alternatives: they are for no one program.
 */
public final class HostProfiles {
    /** Of the policy namespace that this process is in. */
    public static final Path LOADED = Path.of("/sys/kernel/security/apparmor/policy/profiles");

    /** Where they come from (apparmor_parser(8)). */
    public static final Path WRITTEN = Path.of("/etc/apparmor.d");

    /** Linux 6.1 says so of every profile whose attachment is no plain path. */
    private static final String NOT_TOLD = "<unknown>";
    private static final Pattern ALTERNATIVES = Pattern.compile("\\{([^{}]*)\\}");
    private static final Pattern PATH = Pattern.compile("/[^*?\\[\\]{}^]*");
    /** A pattern with more is none for a program. */
    private static final int MOST_PATHS = 64;

    private HostProfiles() {
    }

    /**
     * Each with one of the paths it attaches to. Empty where there is no AppArmor.
     *
     * @param loaded {@link #LOADED}
     * @param written {@link #WRITTEN}
     */
    public static List<HostProfile> read(Path loaded, Path written) {
        List<HostProfile> found = new ArrayList<>();
        try (Stream<Path> directories = Files.list(loaded)) {
            directories.sorted().forEach(directory -> profile(directory, written, found));
        } catch (IOException none) {
            // No AppArmor, or securityfs is not mounted.
        }
        return found;
    }

    private static void profile(Path directory, Path written, List<HostProfile> found) {
        try {
            String mode = Files.readString(directory.resolve("mode")).strip();
            if (mode.equals("unconfined")) {
                return;
            }
            String name = Files.readString(directory.resolve("name")).strip();
            String attachment = Files.readString(directory.resolve("attach")).strip();
            if (attachment.equals(NOT_TOLD)) {
                attachment = name.startsWith("/") ? name : header(name, written);
            }
            paths(attachment).forEach(path -> found.add(new HostProfile(name, mode, path)));
        } catch (IOException removed) {
            // It was unloaded meanwhile.
        }
    }

    /** What {@code profile NAME ATTACHMENT} says where the host keeps its profiles; empty when no file there has it. */
    private static String header(String name, Path written) throws IOException {
        Pattern header = Pattern.compile("(?m)^\\s*profile\\s+\"?" + Pattern.quote(name) + "\"?\\s+\"?(/[^\\s\"]*)");
        try (Stream<Path> entries = Files.list(written)) {
            for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
                Matcher matcher = header.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
                if (matcher.find()) {
                    return matcher.group(1);
                }
            }
        }
        return "";
    }

    /** {@code /{usr/,}sbin/named} is two paths; empty when the pattern is of another kind. */
    static List<String> paths(String attachment) {
        Set<String> found = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(attachment));
        while (!open.isEmpty() && found.size() < MOST_PATHS) {
            String pattern = open.pop();
            Matcher inner = ALTERNATIVES.matcher(pattern);
            if (inner.find()) {
                String before = pattern.substring(0, inner.start());
                String after = pattern.substring(inner.end());
                for (String word : inner.group(1).split(",", -1)) {
                    open.push(before + word + after);
                }
            } else if (PATH.matcher(pattern).matches()) {
                found.add(pattern.replaceAll("/+", "/"));
            }
        }
        return List.copyOf(found);
    }
}
