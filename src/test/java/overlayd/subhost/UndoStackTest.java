package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.plan.Undo;
import overlayd.state.Journal;

class UndoStackTest {
    private static final Undo CGROUP = new Undo.RemoveCgroup("g");
    private static final Undo NETNS = new Undo.RemoveNetns("web", List.of(), "t");
    private static final Undo IFDOWN = new Undo.Ifdown("web0");

    @TempDir
    Path directory;
    private final List<Undo> done = new ArrayList<>();

    /** Notes what it is given; an undo in {@code broken} is refused. */
    @SuppressWarnings("unchecked")
    private Undo.Cases<Void, KernelException> runner(Map<Undo, Exception> broken) {
        return (Undo.Cases<Void, KernelException>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Undo.Cases.class},
                (proxy, method, arguments) -> {
                    done.add((Undo) arguments[0]);
                    if (broken.containsKey(arguments[0])) {
                        throw broken.get(arguments[0]);
                    }
                    return null;
                });
    }

    private UndoStack stack(Undo... undos) throws IOException {
        UndoStack stack = new UndoStack(Journal.start(directory.resolve("journal")));
        for (Undo undo : undos) {
            stack.push(undo);
        }
        return stack;
    }

    @Test
    void last_done_is_first_undone() throws IOException {
        try (UndoStack stack = stack(CGROUP, NETNS, IFDOWN)) {
            assertEquals(List.of(), stack.unwind(runner(Map.of())));
        }
        assertEquals(List.of(IFDOWN, NETNS, CGROUP), done);
    }

    @Test
    void everything_is_tried_whatever_became_of_the_others_and_nothing_is_hidden() throws IOException {
        Exception busy = new KernelException("remove", "web", Errno.EBUSY);
        Exception defect = new IllegalStateException("defect");
        try (UndoStack stack = stack(CGROUP, NETNS, IFDOWN)) {
            List<Exception> broken = stack.unwind(runner(Map.of(IFDOWN, busy, NETNS, defect)));
            assertEquals(2, broken.size());
            assertSame(busy, broken.get(0));
            assertSame(defect, broken.get(1));
        }
        assertEquals(List.of(IFDOWN, NETNS, CGROUP), done);
    }

    @Test
    void what_was_dropped_is_undone_neither_now_nor_after_a_crash() throws IOException {
        try (UndoStack stack = stack(CGROUP, NETNS)) {
            stack.drop(NETNS);
            stack.drop(IFDOWN);
            stack.unwind(runner(Map.of()));
        }
        assertEquals(List.of(CGROUP), done);
        assertEquals(List.of(CGROUP), Journal.read(directory.resolve("journal")).undos());
    }

    @Test
    void of_two_equal_undos_the_later_is_dropped() throws IOException {
        try (UndoStack stack = stack(CGROUP, NETNS, CGROUP)) {
            stack.drop(CGROUP);
            stack.unwind(runner(Map.of()));
        }
        assertEquals(List.of(NETNS, CGROUP), done);
    }

    @Test
    void an_undo_is_in_the_journal_before_push_returns() throws IOException {
        try (UndoStack stack = stack(CGROUP)) {
            assertEquals(List.of(CGROUP), Journal.read(directory.resolve("journal")).undos());
            stack.push(NETNS);
            assertEquals(List.of(CGROUP, NETNS), Journal.read(directory.resolve("journal")).undos());
        }
    }
}
