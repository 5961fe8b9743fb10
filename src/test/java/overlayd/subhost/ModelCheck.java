package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import overlayd.failure.RefusedException;
import overlayd.state.SubhostState;
import overlayd.subhost.ModelKernel.Fault;

/** What the tests of the model check have in common: a scene on a fresh host, and what may be there after it. */
abstract class ModelCheck {
    private static final AtomicInteger LEAKS = new AtomicInteger();
    private static final AtomicInteger CASES = new AtomicInteger();
    private static final AtomicInteger FAILED = new AtomicInteger();
    private static ModelLog log;

    final List<String> leaks = new ArrayList<>();
    int cases;
    private Path directory;
    private ModelScene played;
    boolean reported;
    private ModelBoot boot;
    ModelHost host;
    Set<String> stateBefore;
    Set<String> filesBefore;

    @BeforeAll
    static void begin() {
        log = ModelLog.begin();
    }

    @AfterAll
    static void total() {
        log.end(FAILED.get() > 0);
        System.out.println("model check: " + LEAKS + " leaks in " + CASES);
    }

    @BeforeEach
    void directory() throws IOException {
        // In memory where possible: ext4 writes a file out when it is renamed over another.
        Path memory = Path.of("/dev/shm");
        directory = Files.isWritable(memory) ? Files.createTempDirectory(memory, "overlayd-model") : Files.createTempDirectory("overlayd-model");
    }

    @AfterEach
    void remove() throws IOException {
        if (!reported) {
            FAILED.incrementAndGet();
        }
        delete(directory);
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> walk = Files.walk(path)) {
            for (Path one : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    /** A fresh host and a daemon on it. */
    ModelDaemon begin(ModelScene scene) throws IOException {
        cases++;
        played = scene;
        host = scene.host(Files.createDirectories(directory.resolve("host")));
        if (boot == null) {
            boot = scene.boot(host); // the same on every host of this test
        }
        ModelDaemon daemon = daemon();
        stateBefore = host.state();
        filesBefore = host.files();
        return daemon;
    }

    /** One more daemon on the host. */
    ModelDaemon daemon() {
        return new ModelDaemon(host, boot);
    }

    void end() throws IOException {
        delete(host.runtime);
    }

    void leak(String what, Set<String> expected, Set<String> found) {
        Set<String> left = new TreeSet<>(found);
        left.removeAll(expected);
        Set<String> gone = new TreeSet<>(expected);
        gone.removeAll(found);
        if (!left.isEmpty() || !gone.isEmpty()) {
            leaks.add(what + (left.isEmpty() ? "" : ": left " + left) + (gone.isEmpty() ? "" : ": gone " + gone));
        }
    }

    /** What is a name's for good: ids and addresses that were chosen for it. */
    private static final Set<String> KEPT = Set.of("real userns", "real addresses");

    /** What a stopped subhost may leave: the directory with its record, its log, and what became the user's in UPPER. */
    private static Set<String> withoutRemains(Set<String> files) {
        Set<String> others = new TreeSet<>(files);
        others.removeIf(path -> KEPT.contains(path) || path.startsWith("/srv/web/root/") || path.startsWith("real log") || path.equals("real run/subhosts/web")
                || path.equals("real run/subhosts/web/record.json"));
        return others;
    }

    void nothingRuns(String what) {
        leak(what, stateBefore, host.state());
        leak(what, withoutRemains(filesBefore), withoutRemains(host.files()));
    }

    void asBefore(String what) {
        leak(what, stateBefore, host.state());
        Set<String> files = host.files();
        files.removeAll(KEPT);
        leak(what, filesBefore, files);
    }

    /** Whatever was before: now it can be booted and stopped. */
    void works(ModelDaemon daemon, String what) throws Exception {
        try {
            daemon.boot(Optional.empty());
            if (daemon.state() != SubhostState.RUNNING) {
                leaks.add(what + ": then does not run but is " + daemon.state());
            }
            daemon.stop();
        } catch (RefusedException refused) {
            leaks.add(what + ": then does not boot: " + refused.getMessage());
        }
    }

    /** Every call to the kernel of a boot that nothing disturbs. */
    List<String> callsOfBoot(ModelScene scene) throws Exception {
        ModelDaemon daemon = begin(scene);
        daemon.kernel.plan(Fault.NONE);
        daemon.boot(Optional.empty());
        List<String> calls = daemon.kernel.trace();
        daemon.stop();
        daemon.close();
        nothingRuns("undisturbed");
        end();
        return calls;
    }

    int callsOfStop(ModelScene scene) throws Exception {
        ModelDaemon daemon = begin(scene);
        daemon.boot(Optional.empty());
        daemon.kernel.plan(Fault.NONE);
        daemon.stop();
        int calls = daemon.kernel.calls();
        daemon.close();
        end();
        return calls;
    }

    void report(String what) {
        System.out.println("model check, " + what + ": " + leaks.size() + " leaks in " + cases);
        LEAKS.addAndGet(leaks.size());
        CASES.addAndGet(cases);
        assertEquals(List.of(), leaks.subList(0, Math.min(20, leaks.size())));
        reported = true;
    }

    interface Doing {
        void run() throws Exception;
    }

    void dies(Doing doing) throws Exception {
        try {
            doing.run();
        } catch (ModelKernel.Crash | RefusedException ghost) {
            // it cannot do anything any more
        }
    }

    /** The write that the daemon died in is half done. */
    void tear() throws IOException {
        Path journal = host.runtime.resolve("run/subhosts/web/journal");
        if (Files.exists(journal)) {
            Files.write(journal, "{\"undo\":\"netns\",\"netns\":\"so".getBytes(StandardCharsets.US_ASCII), StandardOpenOption.APPEND);
        }
    }

    /** A new daemon comes: what it finds either lives, and is known, or is gone without trace; and the next boot works. */
    void adopted(String what) throws Exception {
        boolean lives = host.processes.values().stream().anyMatch(process -> process.role.equals("init") && !process.ended);
        Set<String> files = host.files();
        ModelDaemon second = daemon();
        second.adopt();
        boolean known = second.registry.find("web").filter(subhost -> subhost.state() == SubhostState.RUNNING).isPresent();
        if (known && !lives) {
            leaks.add(what + ": taken for living");
        }
        if (!known) {
            nothingRuns(what + " after adoption");
            boolean hadRun = files.contains("real run/subhosts/web/exit") || what.startsWith("stop") || what.startsWith("adoption");
            if (!hadRun && !lives) {
                leak(what + " files", upper(filesBefore), upper(host.files()));
            }
        } else {
            second.stop();
        }
        if (played == ModelScene.PLAIN) { // of others every failed step is followed by a boot; that the host is as before is seen here
            works(second, what);
        }
        second.close();
        nothingRuns(what + " at last");
        end();
    }

    private static Set<String> upper(Set<String> files) {
        Set<String> upper = new TreeSet<>(files);
        upper.removeIf(path -> !path.startsWith("/srv") && !path.startsWith("real log"));
        return upper;
    }
}
