package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadyLinesTest {
    private final List<String> heard = new ArrayList<>();
    private final ReadyLines lines = new ReadyLines(new Progress() {
        @Override
        public void service(String service, String verb) {
            heard.add(verb + " " + service);
        }

        @Override
        public void serviceDone(String service, String verb, int status) {
            heard.add("done " + service + " " + status);
        }
    });

    private void take(String text) {
        lines.take(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_good_start_is_told_line_by_line() {
        take("start networking\ndone networking 0\nstart ssh\n");
        assertEquals(List.of("start networking", "done networking 0", "start ssh"), heard);
        assertEquals(Optional.of("ssh"), lines.current());
        assertFalse(lines.isReady());
        take("done ssh 0\nready\n");
        assertTrue(lines.isReady());
        assertEquals("", lines.degraded());
        assertEquals(Optional.empty(), lines.current());
    }

    @Test
    void a_failed_and_a_late_service_degrade_it() {
        take("done a 7\ndone b 124\ndone c 0\nready\n");
        assertEquals(List.of(Map.entry("a", 7), Map.entry("b", 124)), lines.failedServices());
        assertEquals("a failed with status 7, b took too long to start", lines.degraded());
    }

    @Test
    void chunks_may_be_cut_anywhere() {
        byte[] whole = "start ñ\ndone ñ 3\nfail mount 22\nready\n".getBytes(StandardCharsets.UTF_8);
        for (int first = 0; first <= whole.length; first++) {
            for (int second = first; second <= whole.length; second++) {
                ReadyLines cut = new ReadyLines(Progress.SILENT);
                cut.take(Arrays.copyOfRange(whole, 0, first));
                cut.take(Arrays.copyOfRange(whole, first, second));
                cut.take(Arrays.copyOfRange(whole, second, whole.length));
                assertTrue(cut.isReady());
                assertEquals("ñ failed with status 3", cut.degraded());
                assertEquals(Optional.of(new ReadyLines.InitFailure("mount", 22)), cut.failure());
            }
        }
    }

    @Test
    void without_its_line_end_ready_is_not_yet_said() {
        take("ready");
        assertFalse(lines.isReady());
        take("\n");
        assertTrue(lines.isReady());
    }

    @Test
    void what_is_not_of_the_protocol_is_passed_over() {
        take("\n\nready now\n ready\nREADY\nreadyready\nstart\nstart a b\ndone a\ndone a x\ndone a -1\ndone a 1234\ndone a 0 0\nfail\nfail a b\n"
                + "fail a 99999\nfail a -1\n\u0000\u001b[31m\n");
        assertEquals(List.of(), heard);
        assertFalse(lines.isReady());
        assertEquals(Optional.empty(), lines.failure());
        assertEquals("", lines.degraded());
    }

    @Test
    void garbage_of_any_kind_is_no_failure_of_ours() {
        Random random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            lines.take(garbage);
        }
        take("\nready\n");
        assertTrue(lines.isReady());
    }

    @Test
    void a_line_without_end_takes_no_memory_and_the_next_one_counts() {
        byte[] much = new byte[1 << 20];
        Arrays.fill(much, (byte) 'x');
        for (int i = 0; i < 16; i++) {
            lines.take(much);
        }
        take("\nready\n");
        assertTrue(lines.isReady());
    }

    @Test
    void a_line_too_long_is_not_taken_for_its_beginning() {
        take("start " + "x".repeat(5000) + "\n");
        take("done " + "y".repeat(506) + " 0 and this makes it too long\n");
        assertEquals(List.of(), heard);
    }

    @Test
    void services_without_number_are_not_all_kept() {
        for (int i = 0; i < 5000; i++) {
            take("done s" + i + " 1\n");
        }
        assertEquals(1000, lines.failedServices().size());
        assertTrue(lines.degraded().endsWith("s9 failed with status 1 and 990 more"), lines.degraded());
    }

    @Test
    void a_name_cannot_move_the_cursor_of_whoever_reads_it() {
        take("start a\u001b[2Jb\u009bc\n");
        assertEquals(List.of("start a?[2Jb?c"), heard);
    }
}
