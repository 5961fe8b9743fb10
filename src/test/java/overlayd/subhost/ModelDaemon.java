package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.kernel.ExitStatus;
import overlayd.network.PortForwards;
import overlayd.network.SpareNetns;
import overlayd.plan.BootPlan;
import overlayd.state.Instance;
import overlayd.state.SubhostState;

/** One life of a daemon over a {@link ModelHost}: this room wired as {@link Subhosts} wires it, without the reading of files and facts. */
final class ModelDaemon {
    /** Waited in vain where the signal was refused, or pid 1 takes none; */
    private static final Duration SHORT_GRACE = Duration.ofMillis(20);
    /** never in vain where nothing is: then a slow machine must not make a stop another one. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final ExecutorService WAKERS = Executors.newCachedThreadPool(action -> {
        Thread thread = new Thread(action, "wakers");
        thread.setDaemon(true);
        return thread;
    });

    final ModelHost host;
    final ModelKernel kernel;
    final Registry registry = new Registry();
    final BootPlan plan;
    private final SubhostConfig config;
    private final Instance instance;
    private final Groups groups;
    private final IdRanges ids;
    private final Monitors monitors;
    private final Endings endings;
    private final Boots boots;
    private final Stops stops;
    final Pauses pauses;
    final LimitSetter limits;
    private final ExecutorService endingsThread = Executors.newSingleThreadExecutor(action -> {
        Thread thread = new Thread(action, "endings");
        thread.setUncaughtExceptionHandler((t, thrown) -> {
            if (!(thrown instanceof ModelKernel.Crash)) {
                thrown.printStackTrace();
            }
        });
        return thread;
    });
    /** What the runtime directory held when the daemon died; what ghosts write afterwards is taken back. */
    private Map<Path, byte[]> left = Map.of();

    ModelDaemon(ModelHost host, String... lines) {
        this(host, ModelBoot.of(host, lines));
    }

    ModelDaemon(ModelHost host, ModelBoot boot) {
        this.host = host;
        this.kernel = new ModelKernel(host, this::crashed);
        this.instance = new Instance(host.runtime.resolve("run"), host.runtime, "id", Path.of("/usr/lib"));
        this.config = boot.config();
        this.plan = boot.plan();
        this.groups = new Groups(kernel, instance);
        HostCommand programs = new HostCommand(kernel, new HostCommand.Ours(Path.of("/usr/lib"), instance.runtime()));
        this.ids = new IdRanges(kernel, instance.state(), new IdRanges.Places(host.runtime.resolve("ids"), host.runtime, host.runtime));
        PortForwards ports = new PortForwards(kernel, instance.cgroup(), instance.bridgeTag());
        UndoSteps undo = new UndoSteps(kernel, groups, programs, ports);
        this.monitors = new Monitors(kernel, "/usr/lib/reaper", Monitors.PARENT);
        this.endings = new Endings(new Lookout(kernel.events(), endingsThread), undo, new Replacements(kernel, "/usr/lib/reaper", ids),
                new Endings.Aftermath(new Shortages(kernel, instance, groups, endingsThread), new Restarts(kernel.events(), endingsThread,
                        (file, count) -> boot(Optional.empty()))));
        this.stops = new Stops(kernel, new Inside(kernel, new Monitors(kernel, "/usr/lib/reaper", Monitors.ENTERING), () -> { }, groups), groups, endings);
        this.pauses = new Pauses(groups);
        this.limits = new LimitSetter(kernel, groups);
        HostSteps steps = new HostSteps(kernel, groups, new SpareNetns(kernel, Optional.empty()), book(), ports, ids, "/usr/lib/reaper");
        this.boots = new Boots(new Boots.Hands(kernel, monitors, new PlanRunner(kernel, steps), undo, endings,
                new Filters(kernel.seccomp(), kernel.pipes()), null), new ConfigPrograms(programs, boot::again));
        try {
            Files.createDirectories(instance.subhosts());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AddressBook book() {
        try {
            return new AddressBook(instance.state().resolve("addresses"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Subhost subhost() {
        return registry.findOrMake("web", instance.rundir("web"));
    }

    SubhostState state() {
        return subhost().state();
    }

    void boot(Optional<FailAt> failAt) throws RefusedException {
        if (!subhost().begin(Records.starting(plan, "this-boot"))) {
            throw new IllegalStateException("not now: " + state());
        }
        boots.boot(subhost(), config, plan, new Boots.Wish(false, failAt, Optional.empty()), Progress.SILENT);
    }

    void stop() throws RefusedException {
        stop(Progress.SILENT);
    }

    void stop(Progress progress) throws RefusedException {
        stops.stop(subhost(), how(), progress);
    }

    private Stops.How how() {
        return new Stops.How(false, Optional.of(kernel.isDisturbed() || host.initIgnoresTerm ? SHORT_GRACE : GRACE));
    }

    /** As a starting daemon does; then finishes the stops that were begun. */
    void adopt() throws IOException, RefusedException {
        Adopter adopter = new Adopter(kernel, instance, registry, endings, new Evidence(kernel, instance, groups),
                new Replacements(kernel, "/usr/lib/reaper", ids));
        adopter.adoptAll();
        registry.all().forEach(limits::finish);
        for (Subhost half : adopter.halfStopped()) {
            stops.stop(half, how(), Progress.SILENT);
        }
    }

    private void crashed() {
        left = read();
        endingsThread.shutdownNow();
        // Whoever waits for an end must come back to find that he is a ghost.
        CompletableFuture<ExitStatus> life = subhost().ended();
        WAKERS.execute(() -> life.complete(ExitStatus.unknown()));
    }

    private Map<Path, byte[]> read() {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        try (var walk = Files.walk(instance.runtime())) {
            for (Path path : walk.toList()) {
                files.put(path, Files.isRegularFile(path) ? Files.readAllBytes(path) : null);
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** After its thread has noticed that the daemon is dead: the host as the daemon left it. */
    void bury() throws IOException, InterruptedException {
        endingsThread.shutdownNow();
        if (!endingsThread.awaitTermination(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a ghost does not go");
        }
        Map<Path, byte[]> written = read();
        List<Path> now = new ArrayList<>(written.keySet());
        java.util.Collections.reverse(now);
        for (Path path : now) {
            if (!left.containsKey(path)) {
                Files.delete(path);
            }
        }
        for (Map.Entry<Path, byte[]> file : left.entrySet()) {
            if (file.getValue() == null) {
                if (!written.containsKey(file.getKey())) {
                    Files.createDirectory(file.getKey()); // those above it come before it
                }
            } else if (!Arrays.equals(file.getValue(), written.get(file.getKey()))) {
                Files.write(file.getKey(), file.getValue());
            }
        }
    }

    /** Waits until what is known of ends has been acted upon. */
    void settled() throws Exception {
        for (int i = 0; i < 3; i++) { // one end may make another known
            endingsThread.submit(() -> { }).get(20, TimeUnit.SECONDS);
        }
    }

    /** Ends in order: what is on its way is finished, the spare monitor goes. */
    void close() throws InterruptedException {
        endingsThread.shutdown();
        if (!endingsThread.awaitTermination(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("an ending does not end");
        }
        kernel.plan(ModelKernel.Fault.NONE);
        monitors.close();
    }
}
