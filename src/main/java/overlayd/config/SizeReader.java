package overlayd.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads RAM_SIZE, the size of MEMORY, and the timeouts. */
final class SizeReader {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([KkMmGgTt%]?)");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(s|sec|m|min|h)?");

    private SizeReader() {}

    static RamSize read(Values values) {
        RamSize size = size(values, ConfigKey.RAM_SIZE);
        if (size.equals(new RamSize.Bytes(0))) {
            values.findings().add(Rule.SIZE_ZERO, values.text(ConfigKey.RAM_SIZE).at(), "RAM_SIZE 0 is a tmpfs without limit",
                    "write none for no mount");
        }
        return size;
    }

    /** The size that a key says, or none. */
    static RamSize size(Values values, ConfigKey key) {
        Located text = values.text(key);
        if (text.text().equals("none")) return new RamSize.None();
        return size(text).orElseGet(() -> wrong(values, key, text, ", or none"));
    }

    /** The size of a tmpfs that there is in any case, and that may not take all memory. */
    static RamSize bounded(Values values, ConfigKey key, Located text) {
        return size(text).filter(size -> !size.equals(new RamSize.Bytes(0))).orElseGet(() -> wrong(values, key, text, ""));
    }

    private static Optional<RamSize> size(Located text) {
        Matcher size = SIZE.matcher(text.text());
        if (!size.matches()) return Optional.empty();
        long number = Long.parseLong(size.group(1));
        String unit = size.group(2).toUpperCase(Locale.ROOT);
        if (unit.equals("%")) return number >= 1 && number <= 100 ? Optional.of(new RamSize.Percent((int) number)) : Optional.empty();
        int shift = unit.isEmpty() ? 0 : 10 * ("KMGT".indexOf(unit) + 1);
        return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(new RamSize.Bytes(number << shift));
    }

    private static RamSize wrong(Values values, ConfigKey key, Located text, String orNone) {
        values.findings().add(Rule.SIZE_SYNTAX, text.at(), key + " " + ConfigParser.clip(text.text()) + " is not a size",
                "write a number with K, M, G, T, or 1% to 100% of the memory" + orNone);
        return new RamSize.None();
    }

    static Timeouts timeouts(Values values) {
        return new Timeouts(time(values, ConfigKey.START_TIMEOUT), time(values, ConfigKey.STOP_TIMEOUT),
                time(values, ConfigKey.HOOK_TIMEOUT));
    }

    /** The time that a key says; zero for none. */
    static Duration time(Values values, ConfigKey key) {
        Located text = values.text(key);
        if (text.text().equals("none")) return Duration.ZERO;
        Matcher time = TIME.matcher(text.text());
        if (!time.matches()) {
            values.findings().add(Rule.DURATION_SYNTAX, text.at(), key + " " + ConfigParser.clip(text.text()) + " is not a time",
                    "write seconds (90), 90s, 2min, 1h, or none for no limit");
            return Duration.ZERO;
        }
        long number = Long.parseLong(time.group(1));
        String unit = time.group(2) == null ? "s" : time.group(2);
        if (unit.startsWith("m")) return Duration.ofMinutes(number);
        return unit.equals("h") ? Duration.ofHours(number) : Duration.ofSeconds(number);
    }
}
