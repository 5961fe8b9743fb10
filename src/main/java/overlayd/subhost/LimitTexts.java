package overlayd.subhost;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import overlayd.config.ConfigKey;
import overlayd.kernel.ResourceLimits;
import overlayd.plan.Allowance;
import overlayd.plan.LimitWish;

/** The limits of a record, {@code MEMORY=512M}, as numbers again; and put together with others. Pure. */
final class LimitTexts {
    private static final List<String> ORDER = List.of("MEMORY", "CPUS", "PIDS", "IO");

    private LimitTexts() {
    }

    /** What the texts say, of these keys; what they say nothing of is lifted, of disks those in {@code lifted}. */
    static ResourceLimits limits(List<String> texts, Set<ConfigKey> keys, List<String> lifted) {
        OptionalLong memory = keys.contains(ConfigKey.MEMORY)
                ? OptionalLong.of(value(texts, "MEMORY").map(LimitTexts::bytes).orElse(Long.MAX_VALUE)) : OptionalLong.empty();
        OptionalInt cpus = keys.contains(ConfigKey.CPUS) ? OptionalInt.of(value(texts, "CPUS").map(text -> new BigDecimal(text)
                .movePointRight(2).intValue()).orElse(Integer.MAX_VALUE)) : OptionalInt.empty();
        OptionalLong pids = keys.contains(ConfigKey.PIDS)
                ? OptionalLong.of(value(texts, "PIDS").map(Long::parseLong).orElse(Long.MAX_VALUE)) : OptionalLong.empty();
        List<ResourceLimits.DiskRate> disks = new ArrayList<>();
        if (keys.contains(ConfigKey.IO)) {
            lifted.stream().filter(disk -> !disks(texts).contains(disk)).forEach(disk -> disks.add(new ResourceLimits.DiskRate(disk, Long.MAX_VALUE)));
            texts.stream().filter(text -> text.startsWith("IO=")).forEach(text -> disks.add(new ResourceLimits.DiskRate(disk(text),
                    bytes(text.substring(text.lastIndexOf('=') + 1)))));
        }
        return new ResourceLimits(memory, cpus, pids, disks);
    }

    /** Device numbers of the disks that the texts limit. */
    static List<String> disks(List<String> texts) {
        return texts.stream().filter(text -> text.startsWith("IO=")).map(LimitTexts::disk).toList();
    }

    /** The keys of which the two do not say the same. */
    static Set<ConfigKey> differing(List<String> one, List<String> other) {
        return ORDER.stream().filter(key -> !of(key, one).equals(of(key, other))).map(ConfigKey::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(ConfigKey.class)));
    }

    private static List<String> of(String key, List<String> texts) {
        return texts.stream().filter(text -> text.startsWith(key + "=")).toList();
    }

    /** {@code old}, with what is wished in place of what it says of the same keys. */
    static List<String> changed(List<String> old, LimitWish wish, Allowance allowance) {
        List<String> texts = new ArrayList<>(old.stream().filter(text -> wish.keys().stream().noneMatch(key -> text.startsWith(key + "="))).toList());
        texts.addAll(allowance.texts());
        texts.sort(Comparator.comparing(text -> ORDER.indexOf(text.substring(0, text.indexOf('=')))));
        return texts;
    }

    private static Optional<String> value(List<String> texts, String key) {
        return texts.stream().filter(text -> text.startsWith(key + "=")).map(text -> text.substring(key.length() + 1)).findFirst();
    }

    /** Of {@code IO=254:0=20M}. */
    private static String disk(String text) {
        return text.substring("IO=".length(), text.lastIndexOf('='));
    }

    private static long bytes(String text) {
        int unit = "KMGT".indexOf(text.charAt(text.length() - 1)) + 1;
        return Long.parseLong(unit == 0 ? text : text.substring(0, text.length() - 1)) << 10 * unit;
    }
}
