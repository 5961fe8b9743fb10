package overlayd.upper;

import java.util.List;

/**
 * How one file differs from what was there before.
 *
 * @param path relative to the root, without a slash at either end
 * @param directory whether it is one (of a deleted file: was one)
 * @param details what of it differs, in words, or where it came from; empty for most
 */
public record Change(Kind kind, String path, boolean directory, List<String> details) {
    public Change {
        details = List.copyOf(details);
    }

    /** What happened. */
    public enum Kind { ADDED, CHANGED, DELETED }

    /** The path as a reader sees it: absolute, a directory with a slash. */
    public String shown() {
        return "/" + path + (directory ? "/" : "");
    }

    /** Whether a directory that stays one has other owners, modes or attributes only: what is in it is told by itself. */
    public boolean onlyMetadata() {
        return kind == Kind.CHANGED && directory && details.stream().noneMatch(detail -> detail.startsWith("was a"));
    }
}
