package overlayd.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of the host that stand for those of a subhost, users and groups alike: 0 inside is {@code start} on the host.
 *
 * @param start first id on the host
 * @param count how many; ids inside are smaller than this
 */
public record IdRange(long start, long count) {
    /** Debian's nobody is 65534; with fewer it, or files of it, would be nobody's. Also the least start: below are the host's own. */
    public static final long LEAST = 65_536;
    /** Ids from here on are negative numbers to many programs. */
    public static final long END = 1L << 31;
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,10}):([0-9]{1,10})");

    /** What {@code START:COUNT} says, whether or not it can be used. */
    static Optional<IdRange> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? Optional.of(new IdRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))) : Optional.empty();
    }

    /** The first id behind. */
    public long end() {
        return start + count;
    }

    /** Whether one id belongs to both. */
    public boolean overlaps(IdRange other) {
        return start < other.end() && other.start < end();
    }

    @Override
    public String toString() {
        return start + ":" + count;
    }
}
