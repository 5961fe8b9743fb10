package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import overlayd.generation.Chain;
import overlayd.generation.Generations;
import overlayd.generation.Switch;
import overlayd.upper.Diff;

/** Checkpoints on a real disk: a daemon that dies at whatever call leaves the old state or the new one, and the next change sweeps. */
@org.junit.jupiter.api.Tag("root")
class GenerationsRootTest extends RootTest {
    private static final int MOST_CALLS = 200;

    private Path upper;

    /** Thrown where the daemon is to have died. */
    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The kernel's copies, which die before or after the {@code last}th call. */
    private Kernel dyingAt(int last, boolean after) {
        int[] calls = {0};
        Copies real = kernel.copies();
        Copies dying = (Copies) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Copies.class}, (proxy, method, arguments) -> {
            boolean end = ++calls[0] == last;
            if (end && !after || calls[0] > last) {
                throw new Died();
            }
            try {
                Object result = method.invoke(real, arguments);
                if (end) {
                    throw new Died();
                }
                return result;
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
        return (Kernel) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Kernel.class},
                (proxy, method, arguments) -> method.getName().equals("copies") ? dying : method.invoke(kernel, arguments));
    }

    private interface Change {
        void on(Switch change, Generations generations) throws KernelException;
    }

    /** Lets it die at each of its calls. */
    private void atEveryCall(Change change, List<List<String>> allowed) throws Exception {
        int survived = 0;
        for (int last = 1; survived < 2 && last < MOST_CALLS; last++) {
            boolean after = last % 2 == 0;
            begin();
            boolean died = false;
            try {
                Kernel dying = dyingAt((last + 1) / 2, after);
                Generations generations = Generations.of(dying, upper);
                change.on(new Switch(dying, generations), generations);
            } catch (Died end) {
                died = true;
            }
            survived += died ? 0 : 1;
            List<String> seen = state();
            assertTrue(allowed.contains(seen), "after call " + (last + 1) / 2 + (after ? "" : ", before it") + ": " + seen);
            if (!died) {
                assertEquals(allowed.get(allowed.size() - 1), seen);
            }
            Generations now = Generations.of(kernel, upper);
            new Switch(kernel, now).checkpoint("later", 9);
            assertEquals(List.of(), leftovers(now), "after call " + last);
            clear();
        }
        assertTrue(survived == 2, "it never ended");
    }

    /** UPPER on "two" on "one", with a file of each. */
    private void begin() throws Exception {
        upper = directory.resolve("root");
        Files.createDirectory(upper);
        Generations generations = Generations.of(kernel, upper);
        Switch change = new Switch(kernel, generations);
        Files.writeString(upper.resolve("a"), "one");
        change.checkpoint("one", 1);
        Files.writeString(upper.resolve("b"), "two");
        change.checkpoint("two", 2);
        Files.writeString(upper.resolve("c"), "three");
    }

    /** The files seen, top first. */
    private List<String> state() throws Exception {
        Chain chain = Generations.of(kernel, upper).chain();
        assertEquals(java.util.Optional.empty(), chain.fault());
        List<Path> layers = new ArrayList<>(List.of(upper));
        layers.addAll(chain.directories());
        List<String> seen = new ArrayList<>();
        for (Path layer : layers) {
            try (var files = Files.list(layer)) {
                seen.add(String.join(" ", files.map(file -> file.getFileName().toString()).sorted().toList()));
            }
        }
        return seen;
    }

    private static List<String> leftovers(Generations now) throws Exception {
        List<String> known = now.list().stream().map(generation -> generation.label()).toList();
        try (var files = Files.list(Generations.place(now.upper()))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !known.contains(name)).toList();
        }
    }

    private void clear() throws Exception {
        try (var all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).filter(path -> !path.equals(directory)).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void a_checkpoint() throws Exception {
        atEveryCall((change, generations) -> change.checkpoint("three", 3), List.of(List.of("c", "b", "a"), List.of("", "c", "b", "a")));
    }

    @Test
    void a_rollback() throws Exception {
        atEveryCall((change, generations) -> change.rollback("one", "left", 3), List.of(List.of("c", "b", "a"), List.of("", "a")));
    }

    @Test
    void a_rollback_that_keeps_nothing() throws Exception {
        atEveryCall((change, generations) -> change.discard("one"), List.of(List.of("c", "b", "a"), List.of("", "a")));
    }

    @Test
    void a_merging() throws Exception {
        atEveryCall((change, generations) -> change.merge(generations.chain()), List.of(List.of("c", "b", "a"), List.of("c", "a b")));
    }

    @Test
    void a_renamed_directory_is_followed_through_layers() throws Exception {
        Path lower = Files.createDirectories(directory.resolve("lower"));
        Files.createDirectories(lower.resolve("x/deep"));
        Files.writeString(lower.resolve("x/deep/f"), "f");
        Path middle = Files.createDirectories(directory.resolve("middle"));
        Files.createDirectories(middle.resolve("y"));
        Path top = Files.createDirectories(directory.resolve("top"));
        Files.createDirectories(top.resolve("sub/z"));
        try (Fd root = kernel.files().openPath(directory.toString()); Fd a = kernel.files().openPath(top.toString());
                Fd b = kernel.files().openPath(middle.toString()); Fd c = kernel.files().openPath(lower.toString())) {
            kernel.files().tree(root).makeCharacterDevice("middle/x", 0, 0, 0);
            kernel.copies().setAttribute(root, "middle/y", "trusted.overlay.redirect", "x".getBytes());
            kernel.files().tree(root).makeCharacterDevice("top/y", 0, 0, 0);
            kernel.copies().setAttribute(root, "top/sub/z", "trusted.overlay.redirect", "/y".getBytes());
            kernel.files().tree(root).makeDirectory("top/sub/z/deep", 0755);
            kernel.files().tree(root).makeFile("top/sub/z/deep/g", 0644, new byte[0]);
            List<String> told = new ArrayList<>();
            Diff.tell(kernel.files(), kernel.copies(), new Diff.Layers(List.of(a, b), List.of(c)), Diff.Moves.TOLD,
                    change -> told.add(change.kind() + " " + change.shown() + " " + String.join(";", change.details())));
            assertEquals(List.of("ADDED /sub/ ", "ADDED /sub/z/ moved from /x", "ADDED /sub/z/deep/g ", "DELETED /x/ "), told);
            told.clear();
            Diff.tell(kernel.files(), kernel.copies(), new Diff.Layers(List.of(a), List.of(b, c)), Diff.Moves.UNFOLDED,
                    change -> told.add(change.kind() + " " + change.shown()));
            assertEquals(List.of("ADDED /sub/", "ADDED /sub/z/", "ADDED /sub/z/deep/", "ADDED /sub/z/deep/f", "ADDED /sub/z/deep/g",
                    "DELETED /y/"), told);
        }
    }
}
