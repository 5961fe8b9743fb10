package overlayd.trial;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.RefusedException;
import overlayd.trial.Trials.State;

class TrialBookTest {
    @TempDir
    Path directory;

    private void write(int id, State state) throws IOException {
        Files.createDirectories(directory.resolve("" + id));
        Files.writeString(directory.resolve(id + "/about"), "command=true\nstate=" + state + "\nbegun=7\napplied=0\n");
    }

    private Trials.Trial read(TrialBook book, int id) {
        return book.find(id).orElseThrow();
    }

    @Test
    void one_that_runs_in_this_daemon_is_running() throws IOException {
        TrialBook book = new TrialBook(null, directory);
        write(book.make(), State.RUNNING);
        assertEquals(State.RUNNING, read(book, 1).state());
        assertEquals(Optional.empty(), read(book, 1).reason());
    }

    @Test
    void one_that_ran_in_the_daemon_before_is_interrupted_and_says_why() throws IOException {
        write(new TrialBook(null, directory).make(), State.RUNNING);
        TrialBook next = new TrialBook(null, directory);
        assertEquals(State.INTERRUPTED, read(next, 1).state());
        assertTrue(read(next, 1).reason().isPresent());
        assertEquals(2, next.make());
    }

    @Test
    void every_other_state_is_what_it_was() throws IOException {
        for (State state : State.values()) {
            if (state != State.RUNNING) {
                write(1, state);
                assertEquals(state, read(new TrialBook(null, directory), 1).state());
            }
        }
    }

    @Test
    void apply_of_an_interrupted_one_is_refused_with_what_helps() throws IOException {
        write(3, State.RUNNING);
        Trials.Trial trial = read(new TrialBook(null, directory), 3);
        RefusedException refused = assertThrows(RefusedException.class, () -> States.require(trial, State.KEPT));
        assertEquals(RefusedException.Kind.BUSY, refused.kind());
        assertTrue(refused.getMessage().contains("overlay try apply --force 3"), refused.getMessage());
        assertDoesNotThrow(() -> States.require(trial, State.KEPT, State.INTERRUPTED));
    }
}
