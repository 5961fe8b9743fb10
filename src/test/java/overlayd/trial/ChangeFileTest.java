package overlayd.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.upper.Change;
import overlayd.upper.Changes;

class ChangeFileTest {
    @TempDir
    Path directory;

    private static Change added(String path) {
        return new Change(Change.Kind.ADDED, path, false, List.of());
    }

    private ChangeFile file(List<Change> changes) throws IOException, KernelException {
        return ChangeFile.of(directory.resolve("changes"), found -> {
            for (Change change : changes) {
                found.change(change);
            }
        });
    }

    private static void collect(Changes changes, List<Change> forward, List<Change> backward) throws KernelException {
        changes.forward((number, change) -> {
            assertEquals(forward.size(), number);
            forward.add(change);
        });
        changes.backward((number, change) -> {
            assertEquals(forward.size() - 1 - backward.size(), number);
            backward.add(change);
        });
        Collections.reverse(backward);
    }

    private static void same(List<Change> expected, ChangeFile file) throws KernelException {
        List<Change> forward = new ArrayList<>();
        List<Change> backward = new ArrayList<>();
        collect(file, forward, backward);
        assertEquals(expected, forward);
        assertEquals(expected, backward);
        assertEquals(expected.size(), file.count());
    }

    @Test
    void a_file_of_many_pieces_is_told_both_ways() throws Exception {
        List<Change> changes = IntStream.range(0, 20_000).mapToObj(i -> added("srv/" + "x".repeat(i % 100) + i)).toList();
        try (ChangeFile file = file(changes)) {
            same(changes, file);
            same(changes, file); // again and again
        }
    }

    @Test
    void each_length_of_a_line_meets_the_end_of_a_piece() throws Exception {
        for (int length = 65_500; length < 65_560; length++) {
            List<Change> changes = List.of(added("a"), added("b".repeat(length)), added("c"), added("d".repeat(200_000)));
            List<Change> reversed = new ArrayList<>(changes);
            Collections.reverse(reversed);
            for (List<Change> all : List.of(changes, reversed)) {
                try (ChangeFile file = file(all)) {
                    same(all, file);
                }
            }
        }
    }

    @Test
    void nothing_is_nothing() throws Exception {
        try (ChangeFile file = file(List.of())) {
            same(List.of(), file);
        }
    }

    @Test
    void odd_paths_arrive_as_they_are() throws Exception {
        List<Change> changes = List.of("a\nb", "a\\nb", "a\\\nb", "\\", "a\\\\n", "tab\there", "\n", "semi;colon", "\udcff\udcfe").stream()
                .map(ChangeFileTest::added).toList();
        try (ChangeFile file = file(changes)) {
            same(changes, file);
        }
    }

    @Test
    void a_detail_cannot_become_a_path() throws Exception {
        try (ChangeFile file = file(List.of(new Change(Change.Kind.CHANGED, "real", true, List.of("was a file", "attribute user.x\tetc/shadow\ny;z"))))) {
            same(List.of(new Change(Change.Kind.CHANGED, "real", true, List.of("was a file", "attribute user.x etc/shadow y z"))), file);
        }
    }

    @Test
    void nothing_is_left_of_it_and_of_one_that_fails() throws Exception {
        file(List.of(added("a"))).close();
        assertThrows(KernelException.class, () -> ChangeFile.of(directory.resolve("changes"), found -> {
            throw new KernelException("look at", "x", Errno.EIO);
        }));
        assertFalse(Files.exists(directory.resolve("changes")));
    }

    @Test
    void of_a_log_the_line_that_was_not_written_wholly_was_not_done() throws Exception {
        Path path = directory.resolve("log");
        try (TrialLog log = new TrialLog(path)) {
            log.write(added("a"));
            log.write(added("b"));
        }
        Files.writeString(path, "ADDED f \tc", StandardOpenOption.APPEND);
        try (ChangeFile file = ChangeFile.open(path)) {
            same(List.of(added("a"), added("b")), file);
            new TrialLog(path).close();
            same(List.of(added("a"), added("b")), file); // whoever has opened it goes on reading
        }
    }
}
