package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import overlayd.kernel.ResourceLimits;
import overlayd.kernel.ResourceLimits.DiskRate;
import overlayd.plan.HostFacts;
import overlayd.plan.LimitWish;

class LimitTextsTest {
    private static final List<String> OLD = List.of("MEMORY=512M", "PIDS=2048", "IO=8:0=20M", "IO=8:16=1000");

    private static LimitWish wish(String... assignments) {
        return LimitWish.of(List.of(assignments), Path.of("/srv/it's $NAME/root"), config -> new HostFacts.Resources(Set.of("memory", "cpu", "pids", "io"),
                Map.of(Path.of("/dev/sdb"), "8:16"), 1L << 30, 2));
    }

    private static List<String> changed(LimitWish wish) {
        return LimitTexts.changed(OLD, wish, wish.allowance());
    }

    @Test
    void what_is_not_named_stays_and_none_lifts() {
        assertEquals(List.of("MEMORY=256M", "CPUS=1.5", "IO=8:0=20M", "IO=8:16=1000"), changed(wish("CPUS=1.5", "PIDS=none", "MEMORY=25%")));
        assertEquals(List.of("MEMORY=512M", "PIDS=2048", "IO=8:16=5M"), changed(wish("IO=/dev/sdb=5M")));
    }

    @Test
    void texts_become_numbers_again() {
        LimitWish wish = wish("IO=/dev/sdb=5M", "PIDS=none", "CPUS=0.25");
        assertTrue(wish.isSound(), wish.problems().toString());
        assertEquals(new ResourceLimits(OptionalLong.empty(), OptionalInt.of(25), OptionalLong.of(Long.MAX_VALUE),
                List.of(new DiskRate("8:0", Long.MAX_VALUE), new DiskRate("8:16", 5L << 20))),
                LimitTexts.limits(changed(wish), wish.keys(), LimitTexts.disks(OLD)));
    }

    @Test
    void what_a_file_would_refuse_is_refused() {
        assertFalse(wish("CPUS=many").isSound());
        assertFalse(wish("IO=/proc=2M").isSound());
        assertFalse(wish("MEMORY=0").isSound());
        assertTrue(wish("CPUS=99").isSound());
        assertEquals(1, wish("CPUS=99").problems().size());
    }
}
