package overlayd.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads MEMORY, CPUS, PIDS, IO and RESTART; what others it waits for is read with them. */
final class LimitReader {
    private static final Pattern PROCESSORS = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,2})?");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
    private static final Pattern RATE = Pattern.compile("[0-9]{1,18}[KkMmGgTt]?");
    private static final String NONE = "none";

    private final Values values;
    private final Findings findings;

    private LimitReader(Values values) {
        this.values = values;
        this.findings = values.findings();
    }

    static SubhostConfig.Upkeep read(Values values, String name) {
        LimitReader reader = new LimitReader(values);
        return new SubhostConfig.Upkeep(new Limits(reader.memory(), reader.processors(), reader.count(), reader.rates()), reader.restart(),
                RelationReader.read(values, name));
    }

    private RamSize memory() {
        Located text = values.text(ConfigKey.MEMORY);
        RamSize size = SizeReader.size(values, ConfigKey.MEMORY);
        if (size instanceof RamSize.Bytes bytes && bytes.bytes() == 0) {
            findings.add(Rule.LIMIT_SYNTAX, text.at(), "MEMORY 0 leaves nothing to run in", "write none for no limit");
        }
        return size;
    }

    private OptionalInt processors() {
        Located text = values.text(ConfigKey.CPUS);
        if (text.text().equals(NONE)) return OptionalInt.empty();
        int percents = PROCESSORS.matcher(text.text()).matches()
                ? new BigDecimal(text.text()).movePointRight(2).intValueExact() : 0;
        // The kernel takes no slice below one millisecond in a period of 100.
        if (percents > 0) return OptionalInt.of(percents);
        findings.add(Rule.LIMIT_SYNTAX, text.at(), "CPUS " + ConfigParser.clip(text.text()) + " is no number of processors",
                "write how many processors' time it may use, for instance 2 or 0.5 (at least 0.01), or none");
        return OptionalInt.empty();
    }

    private OptionalLong count() {
        Located text = values.text(ConfigKey.PIDS);
        if (text.text().equals(NONE)) return OptionalLong.empty();
        if (COUNT.matcher(text.text()).matches() && Long.parseLong(text.text()) > 0) return OptionalLong.of(Long.parseLong(text.text()));
        findings.add(Rule.LIMIT_SYNTAX, text.at(), "PIDS " + ConfigParser.clip(text.text()) + " is no number of processes",
                "write how many processes and threads it may have at once, for instance 500, or none");
        return OptionalLong.empty();
    }

    private List<Limits.Rate> rates() {
        List<Limits.Rate> rates = new ArrayList<>();
        List<Located> words = values.text(ConfigKey.IO).words();
        Set<String> disks = new HashSet<>();
        for (Located word : words) {
            if (!word.text().equals(NONE)) {
                rate(word, rates, disks);
            } else if (words.size() > 1) {
                findings.add(Rule.NONE_AND_MORE, word.at(), "none stands beside other limits", "IO=none alone, or without it");
            }
        }
        return rates;
    }

    private void rate(Located word, List<Limits.Rate> rates, Set<String> disks) {
        int equals = word.text().lastIndexOf('=');
        String disk = word.text().substring(0, Math.max(0, equals));
        Located number = word.from(equals + 1);
        long bytes = RATE.matcher(number.text()).matches() ? bytes(number.text()) : 0;
        if (bytes <= 0 || equals == 0) {
            findings.add(Rule.LIMIT_SYNTAX, word.at(), "IO " + ConfigParser.clip(word.text()) + " is no rate of a disk",
                    "write bytes per second with K, M, G, for instance 20M, or /dev/sdb=20M for another disk than UPPER's, or none");
        } else if (!disks.add(disk)) {
            findings.add(Rule.LIMIT_SYNTAX, word.at(), (disk.isEmpty() ? "UPPER's disk" : ConfigParser.clip(disk)) + " is twice in IO",
                    "remove one of them");
        } else {
            rates.add(new Limits.Rate(disk.isEmpty() ? Optional.empty() : Optional.of(values.path(disk)), bytes, word.at()));
        }
    }

    private static long bytes(String text) {
        int shift = 10 * ("KMGT".indexOf(Character.toUpperCase(text.charAt(text.length() - 1))) + 1);
        long number = Long.parseLong(text.replaceAll("[KkMmGgTt]", ""));
        return number > Long.MAX_VALUE >> shift ? 0 : number << shift;
    }

    private Restart restart() {
        Located text = values.text(ConfigKey.RESTART);
        for (Restart restart : Restart.values()) {
            if (restart.word().equals(text.text().toLowerCase(Locale.ROOT))) return restart;
        }
        findings.add(Rule.CHOICE, text.at(), "RESTART is not " + ConfigParser.clip(text.text()), "write no, on-failure or always");
        return Restart.NO;
    }
}
