package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.ExitStatus;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

class SubhostStateTest {
    /** From each state to each other: + may be, . may not. Order of the constants. */
    private static final List<String> MOVES = List.of(
            //        STOPPED STARTING RUNNING PAUSED STOPPING FAILED FOREIGN
            "STOPPED  .+.....",
            "STARTING +.+.++.",
            "RUNNING  +..+++.",
            "PAUSED   ..+.++.",
            "STOPPING ++...+.",
            "FAILED   ++..+..",
            "FOREIGN  .......");

    @TempDir
    Path directory;
    private Subhost subhost;

    @BeforeEach
    void stopped() throws java.io.IOException {
        Files.createDirectory(directory.resolve("web"));
        subhost = in(SubhostState.STOPPED);
    }

    private Subhost in(SubhostState state) {
        return new Subhost(new Rundir(directory.resolve("web")), record(state));
    }

    private static SubhostRecord record(SubhostState state) {
        return SubhostRecord.unknown("web", "boot").with(state, "");
    }

    @Test
    void every_state_times_every_move() {
        List<String> found = new ArrayList<>();
        for (SubhostState from : SubhostState.values()) {
            StringBuilder row = new StringBuilder("%-9s".formatted(from));
            for (SubhostState to : SubhostState.values()) {
                row.append(from.next().contains(to) ? '+' : '.');
            }
            found.add(row.toString());
        }
        assertEquals(MOVES, found);
    }

    @Test
    void become_takes_the_allowed_moves_and_names_both_ends_of_any_other() {
        for (SubhostState from : SubhostState.values()) {
            for (SubhostState to : SubhostState.values()) {
                Subhost one = in(from);
                if (from == to || from.next().contains(to)) {
                    one.become(record(to));
                    assertEquals(to, one.state());
                } else {
                    String message = assertThrows(IllegalStateException.class, () -> one.become(record(to))).getMessage();
                    assertEquals("web: " + from + " cannot become " + to, message);
                    assertEquals(from, one.state());
                }
            }
        }
    }

    @Test
    void of_two_that_begin_a_boot_one_has_it() {
        assertTrue(subhost.begin(record(SubhostState.STARTING)));
        assertFalse(subhost.begin(record(SubhostState.STARTING)));
    }

    @Test
    void a_stop_cannot_begin_in_the_middle_of_a_boot() {
        subhost.begin(record(SubhostState.STARTING));
        assertFalse(subhost.begin(record(SubhostState.STOPPING)));
    }

    @Test
    void a_subhost_whose_pid_1_could_not_be_killed_is_not_booted_again_before_it_has_ended() {
        subhost.begin(record(SubhostState.STARTING));
        subhost.live(new FakePidfd(7), java.util.Optional.empty());
        subhost.become(record(SubhostState.FAILED));
        assertFalse(subhost.begin(record(SubhostState.STARTING)));
        subhost.dead();
        assertTrue(subhost.begin(record(SubhostState.STARTING)));
    }

    @Test
    void idle_is_done_in_every_state_in_which_nobody_is_at_work() {
        for (SubhostState state : List.of(SubhostState.RUNNING, SubhostState.FAILED, SubhostState.STOPPED)) {
            Subhost one = in(SubhostState.STOPPED);
            one.begin(record(SubhostState.STARTING));
            CompletableFuture<Void> idle = one.idle();
            assertFalse(idle.isDone());
            one.become(record(state));
            assertTrue(idle.isDone());
        }
    }

    @Test
    void a_boot_told_to_give_up_does_not_become_running() {
        subhost.begin(record(SubhostState.STARTING));
        subhost.cancel("overtaken by a stop");
        assertFalse(subhost.booted(record(SubhostState.RUNNING)));
        assertEquals(SubhostState.STARTING, subhost.state());
    }

    @Test
    void a_cancelled_boot_kills_a_pid_1_that_comes_later() {
        FakePidfd init = new FakePidfd(7);
        subhost.begin(record(SubhostState.STARTING));
        subhost.cancel("asked");
        subhost.live(init, java.util.Optional.empty());
        assertEquals(List.of(9), init.signals);
    }

    @Test
    void cancel_means_nothing_to_a_subhost_that_is_not_booting() {
        FakePidfd init = new FakePidfd(7);
        subhost.begin(record(SubhostState.STARTING));
        subhost.live(init, java.util.Optional.empty());
        subhost.booted(record(SubhostState.RUNNING));
        subhost.cancel("late");
        assertEquals(List.of(), init.signals);
        assertTrue(subhost.cancelled().isEmpty());
    }

    @Test
    void news_of_an_earlier_life_takes_nothing_down() {
        subhost.begin(record(SubhostState.STARTING));
        CompletableFuture<ExitStatus> first = subhost.ended();
        subhost.become(record(SubhostState.STOPPED));
        subhost.begin(record(SubhostState.STARTING));
        subhost.booted(record(SubhostState.RUNNING));
        assertFalse(subhost.beginEnd(first));
        assertEquals(SubhostState.RUNNING, subhost.state());
        assertTrue(subhost.beginEnd(subhost.ended()));
        assertEquals(SubhostState.STOPPING, subhost.state());
    }

    @Test
    void an_end_is_taken_down_once_and_only_where_nobody_boots_or_stops() {
        for (SubhostState state : SubhostState.values()) {
            Subhost one = in(state);
            boolean unattended = state == SubhostState.RUNNING || state == SubhostState.PAUSED;
            assertEquals(unattended, one.beginEnd(one.ended()), state.name());
            assertFalse(one.beginEnd(one.ended()));
        }
    }

    @Test
    void every_move_but_the_first_is_written_down() throws Exception {
        Rundir rundir = new Rundir(directory.resolve("web"));
        subhost.begin(record(SubhostState.STARTING));
        assertTrue(rundir.read().isEmpty(), "its boot does it");
        subhost.booted(record(SubhostState.RUNNING));
        assertEquals(SubhostState.RUNNING, rundir.read().orElseThrow().state());
        subhost.begin(record(SubhostState.STOPPING));
        assertEquals(SubhostState.STOPPING, rundir.read().orElseThrow().state());
    }

    @Test
    void a_full_runtime_directory_does_not_keep_it_from_moving() {
        Subhost one = new Subhost(new Rundir(directory.resolve("gone")), record(SubhostState.STOPPED));
        assertTrue(one.begin(record(SubhostState.STARTING)));
        assertTrue(one.booted(record(SubhostState.RUNNING)));
        assertEquals(SubhostState.RUNNING, one.state());
    }
}
