package overlayd.subject;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import overlayd.config.ByteText;

/** The path in a subhost on which something is shared, as users and programs name it. */
public final class ShareTarget {
    private static final Set<String> COVERED = Set.of("/", "/proc", "/.reaper");

    private ShareTarget() {
    }

    /** @throws UsageException it is no absolute path, or nothing can be shared there */
    public static Path of(String word) throws UsageException {
        Path path = ByteText.path(word);
        List<String> parts = List.of(word.split("/"));
        if (!path.isAbsolute() || parts.contains("..")) {
            throw new UsageException("--on takes an absolute path in the subhost without .., not \"" + Shown.of(word) + "\"");
        }
        String clean = ByteText.of(path.normalize());
        if (COVERED.contains(clean) || clean.startsWith("/proc/")) {
            throw new UsageException("nothing can be shared on " + clean + " of the subhost; choose another path by --on");
        }
        return path.normalize();
    }
}
