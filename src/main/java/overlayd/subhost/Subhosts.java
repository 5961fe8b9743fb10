package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.config.HostDefaults;
import overlayd.config.Problem;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.BootPlan;
import overlayd.security.Holes;
import overlayd.state.Instance;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/**
 * The subhosts of one instance: the door to this room. Every method may be called from any thread; boot and stop take as long as they
 * take, and of two calls for one name one works while the other waits or is refused.
 */
public final class Subhosts implements AutoCloseable {
    /** Who boots a subhost again when it has ended: overlayd, as RESTART says, or the service manager, as the unit says. */
    public enum Keeper { OVERLAYD, UNIT }

    /** How to boot. {@code strict}: a failed service undoes the boot. {@code failAt}: for tests. */
    public record BootWish(boolean strict, Optional<FailAt> failAt, Keeper keeper) {
        /** As {@code overlay-boot NAME} boots. */
        public static final BootWish DEFAULT = new BootWish(false, Optional.empty(), Keeper.OVERLAYD);
    }

    /** A subhost that has booted, and what the configuration has that is odd. */
    public record Booted(SubhostRecord subhost, List<Problem> warnings) {
    }

    /**
     * How a subhost's life has ended.
     *
     * @param subhost the record it was left with; FAILED when it ended by itself and not well
     * @param status of pid 1; empty when none ever ran, or nobody saw it
     */
    public record End(SubhostRecord subhost, Optional<ExitStatus> status) {
    }

    /** How to stop. {@code force}: kill at once. {@code grace}: time after TERM; empty for STOP_TIMEOUT. */
    public record StopWish(boolean force, Optional<Duration> grace) {
        /** As {@code overlay-stop NAME} stops. */
        public static final StopWish DEFAULT = new StopWish(false, Optional.empty());
    }

    /** What a configuration amounts to here and now: every problem, and a plan when none is an error. */
    public record Planning(Optional<SubhostConfig> config, List<Problem> problems, Optional<BootPlan> plan) {
    }

    private static final Logger LOG = LoggerFactory.getLogger(Subhosts.class);

    private final Kernel kernel;
    private final Instance instance;
    private final Registry registry = new Registry();
    private final ExecutorService endingsExecutor = Executors.newCachedThreadPool(runnable -> {
        Thread thread = new Thread(runnable, "endings");
        thread.setDaemon(true);
        return thread;
    });
    private final Spares spares;
    private final HeapTrim heap;
    private final HostSteps hostSteps;
    private final PlanRunner runner;
    private final Plugs plugs;
    private final Inside inside;
    private final Boots boots;
    private final Stops stops;
    private final ConfigPlanner planner;
    private final Computing computing;
    private final Endings endings;
    private final Shortages shortages;
    private final Groups groups;
    private final IdRanges ids;
    private final HostCommand hostCommand;
    private final BootMounts bootMounts;
    private final Diskfiles diskfiles;
    private final Foreigners foreigners;
    private final Obstacles obstacles;
    private final Requirements requirements = new Requirements(this::find, this::list);
    private final Reboots reboots = new Reboots();
    private final Wiring wiring;
    private final Live live;
    private final LimitSetter limits;

    private Subhosts(Kernel kernel, Instance instance, HostDefaults defaults) throws IOException {
        this.kernel = kernel;
        this.instance = instance;
        this.groups = new Groups(kernel, instance);
        this.wiring = Wiring.of(kernel, instance, registry);
        this.limits = new LimitSetter(kernel, groups);
        this.live = new LiveControl(kernel, instance, registry, groups, limits);
        this.spares = new Spares(kernel, instance);
        this.heap = new HeapTrim(kernel);
        this.ids = new IdRanges(kernel, instance.state(), IdRanges.Places.HOST);
        this.hostSteps = new HostSteps(kernel, groups, spares.netns(), wiring.book(), wiring.ports(), ids, ByteText.of(instance.reaper()));
        this.hostCommand = new HostCommand(kernel, new HostCommand.Ours(instance.tree().resolve("libexec"), instance.runtime()));
        this.foreigners = new Foreigners(kernel, registry);
        this.obstacles = new Obstacles(registry, groups, foreigners);
        this.bootMounts = new BootMounts(kernel);
        this.diskfiles = new Diskfiles(kernel, bootMounts);
        UndoSteps undoSteps = new UndoSteps(kernel, groups, hostCommand, wiring.ports());
        this.plugs = new Plugs(kernel, endingsExecutor);
        this.inside = new Inside(kernel, spares.entering(), this::refillLater, groups);
        Replacements replacements = new Replacements(kernel, instance.reaper().toString(), ids);
        this.shortages = new Shortages(kernel, instance, groups, endingsExecutor);
        Restarts restarts = new Restarts(kernel.events(), endingsExecutor,
                (file, count) -> boot(file, new Cause(BootWish.DEFAULT, count, Optional.empty()), Progress.SILENT));
        this.endings = new Endings(new Lookout(kernel.events(), endingsExecutor), undoSteps, replacements,
                new Endings.Aftermath(shortages, restarts));
        this.stops = new Stops(kernel, inside, groups, endings);
        this.planner = new ConfigPlanner(new HostFactsReader(kernel, instance, registry, groups, ids, wiring.facts()), defaults, kernel.seccomp());
        this.computing = new Computing(planner, hostCommand, registry);
        this.runner = new PlanRunner(kernel, hostSteps);
        this.boots = new Boots(new Boots.Hands(kernel, spares.monitors(), runner, undoSteps, endings, spares.filters(),
                new Conditions(kernel, inside)), new ConfigPrograms(hostCommand, planner::again));
    }

    /**
     * Opens an instance: adopts what lives from an earlier daemon, takes back what one left half done.
     *
     * @param defaults what overlayd.conf sets for all subhosts
     * @throws IOException the runtime directory cannot be read
     */
    public static Subhosts open(Kernel kernel, Instance instance, HostDefaults defaults) throws IOException {
        Subhosts subhosts = new Subhosts(kernel, instance, defaults);
        Adopter adopter = new Adopter(kernel, instance, subhosts.registry, subhosts.endings, new Evidence(kernel, instance, subhosts.groups),
                new Replacements(kernel, instance.reaper().toString(), subhosts.ids));
        long begun = System.nanoTime();
        subhosts.groups.makeOwn();
        adopter.adoptAll();
        subhosts.registry.all().forEach(subhosts.limits::finish);
        subhosts.wiring.adopt(subhosts.registry);
        LOG.info("{} after {} ms", subhosts.summary(), (System.nanoTime() - begun) / 1_000_000);
        subhosts.endingsExecutor.execute(() -> subhosts.registry.all().stream().filter(subhost -> subhost.state() == SubhostState.RUNNING
                || subhost.state() == SubhostState.PAUSED).forEach(subhosts::watch));
        subhosts.endings.onReboot(subhost -> subhosts.endingsExecutor.execute(() -> subhosts.bootAgain(subhost)));
        adopter.rebooted().forEach(subhost -> subhosts.endingsExecutor.execute(() -> subhosts.bootAgain(subhost)));
        adopter.halfStopped().forEach(subhost -> subhosts.endingsExecutor.execute(() -> subhosts.stops.goOn(subhost)));
        return subhosts;
    }

    private void refillLater() {
        if (!endingsExecutor.isShutdown()) {
            endingsExecutor.execute(spares::refill);
        }
    }

    private void bootAgain(Subhost subhost) {
        reboots.boot(subhost, file -> boot(file, BootWish.DEFAULT, Progress.SILENT));
    }

    /** What a running one stands on. */
    private void watch(Subhost subhost) {
        plugs.watch(subhost);
        shortages.watch(subhost);
    }

    /** What can be asked of running ones, and done to them. */
    public Live live() {
        return live;
    }

    /** The bridges of overlay net. */
    public Networks networks() {
        return wiring.networks();
    }

    /** Makes the spare monitor and whatever else the first boot would otherwise wait for. */
    public void warm() throws KernelException {
        spares.warm();
    }

    /** Lets the first boot find its way prepared, unless somebody boots in earnest meanwhile. Takes some 0.5 s; see {@link Rehearsal}. */
    public void rehearse() {
        Rehearsal.Hands hands = new Rehearsal.Hands(kernel, planner, runner, hostSteps, spares.filters());
        new Rehearsal(hands, instance.runtime().resolve("rehearsal"), this::isIdle).run(spares.monitors());
        spares.refill();
    }

    /** Reads, checks and plans; changes nothing, runs no command of the configuration. */
    public Planning plan(Path file, Strictness strictness) {
        try {
            return planner.plan(file, strictness);
        } catch (KernelException noProc) {
            throw new IllegalStateException(noProc);
        }
    }

    /**
     * Boots the subhost of a configuration file and returns when it is ready.
     *
     * @throws RefusedException CONFIG, EXISTS, STEP (undone), CANCELLED (undone)
     */
    public Booted boot(Path file, BootWish wish, Progress progress) throws RefusedException {
        return boot(file, new Cause(wish, 0, Optional.empty()), progress);
    }

    /**
     * Stops a subhost and boots it as its file says now; nobody else boots or stops it in between. One that does not run is booted.
     *
     * @throws RefusedException UNKNOWN, BUSY, CONFIG: nothing was done; STEP, CANCELLED: it is stopped
     */
    public Booted restart(String name, StopWish how, Progress progress) throws RefusedException {
        Subhost subhost = registry.known(name);
        if (subhost.record().file().isEmpty()) {
            throw new RefusedException(RefusedException.Kind.UNKNOWN, "the record of " + name + " was lost, and with it which its file is: stop it, then boot its file");
        }
        Path file = ByteText.path(subhost.record().file());
        Planning planning = plan(file, Strictness.BOOT);
        if (planning.plan().filter(plan -> plan.name().equals(name)).isEmpty()) {
            throw RefusedException.config(planning.problems().isEmpty() ? ConfigPlanner.renamed(file, name) : planning.problems());
        }
        boolean held = stops.hold(subhost, new Stops.How(how.force(), how.grace()), progress);
        return boot(file, new Cause(BootWish.DEFAULT, 0, Optional.of(subhost).filter(s -> held)), progress);
    }

    /** Why a boot: how many in a row nobody asked for, this one included; {@code held}: what was stopped for it. */
    private record Cause(BootWish wish, int count, Optional<Subhost> held) {
    }

    private Booted boot(Path file, Cause cause, Progress progress) throws RefusedException {
        try {
            return carryOut(file, cause, progress);
        } catch (RefusedException | RuntimeException refused) {
            cause.held().filter(subhost -> subhost.state() == SubhostState.STOPPING)
                    .ifPresent(subhost -> subhost.become(subhost.record().ended(SubhostState.FAILED, "stopped, but not booted again", "")));
            throw refused;
        }
    }

    private Booted carryOut(Path file, Cause cause, Progress progress) throws RefusedException {
        BootWish wish = cause.wish();
        long begun = System.nanoTime();
        try (PrivateMounts mounts = new PrivateMounts(kernel, bootMounts)) {
            Planning planning = computing.of(plan(file, Strictness.BOOT), file, cause.held().isPresent(), mounts);
            BootPlan plan = planning.plan().isPresent() ? planning.plan().get() : obstacles.refuse(planning);
            foreigners.refuse(plan);
            requirements.refuse(planning.config().orElseThrow());
            Subhost subhost = registry.findOrMake(plan.name(), instance.rundir(plan.name()));
            SubhostRecord starting = Records.starting(plan, bootId(), wish.keeper(), cause.count());
            cause.held().ifPresent(held -> held.turn(starting));
            if (cause.held().isEmpty() && !subhost.begin(starting)) {
                throw new RefusedException(RefusedException.Kind.EXISTS, plan.name() + " is " + subhost.state().word() + " already");
            }
            subhost.clock(begun);
            if (Holes.privileged(plan.init().confinement().settings())) {
                LOG.warn("{}: PRIVILEGED: its root can become root on the host ({}); overlay audit {} says how", plan.name(),
                        String.join(", ", plan.init().confinement().settings()), plan.name());
            }
            try {
                boots.boot(subhost, planning.config().orElseThrow(), plan, new Boots.Wish(wish.strict(), wish.failAt(), mounts.made()), progress);
            } finally {
                refillLater(); // a boot that failed has used one up, too
                endingsExecutor.execute(heap::booted);
            }
            endingsExecutor.execute(() -> watch(subhost));
            return new Booted(subhost.record(), planning.problems());
        }
    }

    /** What helps commands of configurations under way. */
    public Diskfiles diskfiles() {
        return diskfiles;
    }

    /** Asks a boot under way to give up and undo; its {@link #boot} throws CANCELLED. Nothing happens when none is under way. */
    public void cancel(String name, String why) {
        registry.find(name).ifPresent(subhost -> subhost.cancel(why));
    }

    /**
     * Stops a subhost in order and takes back all that was made for it on the host; those that require it first.
     *
     * @return whether there was anything to stop
     * @throws RefusedException UNKNOWN; STEP when something of it could not be taken back
     */
    public boolean stop(String name, StopWish wish, Progress progress) throws RefusedException {
        if (!live(name) && foreigners.stop(name, wish)) {
            return true;
        }
        List<Subhost> dependants = requirements.dependants(name).stream().flatMap(dependant -> registry.find(dependant).stream()).toList();
        return stops.stop(registry.known(name), dependants, new Stops.How(wish.force(), wish.grace()), progress);
    }

    /**
     * Every known subhost, by name; those that ended keep their record until the host's next start. Also those that overlay-boot 1.6 has
     * booted, as {@link SubhostState#FOREIGN}.
     */
    public List<SubhostRecord> list() {
        return foreigners.among(registry.all().stream().map(Subhost::record).toList());
    }

    private boolean live(String name) {
        return registry.find(name).filter(subhost -> subhost.state().isLive()).isPresent();
    }

    /**
     * Done when a subhost is neither running nor being booted or stopped any more; at once when that is so now.
     *
     * @throws RefusedException UNKNOWN
     */
    public CompletableFuture<End> end(String name) throws RefusedException {
        Subhost subhost = registry.known(name);
        CompletableFuture<ExitStatus> life = subhost.ended();
        return subhost.over().thenApply(record -> new End(record, Optional.ofNullable(life.getNow(null))));
    }

    /** Done when nobody boots or stops {@code name} now. */
    public CompletableFuture<Void> idle(String name) {
        return registry.find(name).map(Subhost::idle).orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** Has {@code listener} told that the list has changed; on any thread, with locks held: it must not wait. */
    public void onChange(Runnable listener) {
        registry.onChange(listener);
    }

    /** "3 of 5 subhosts up". */
    public String summary() {
        List<Subhost> all = registry.all();
        long up = all.stream().filter(subhost -> subhost.state() == SubhostState.RUNNING || subhost.state() == SubhostState.PAUSED).count();
        return up + " of " + all.size() + (all.size() == 1 ? " subhost up" : " subhosts up");
    }

    /** Whether nothing runs, is being booted or stopped, or is to be booted again. */
    public boolean isIdle() {
        return registry.all().stream().noneMatch(subhost -> subhost.state().isLive() || subhost.record().upkeep().restartAt() != 0);
    }

    /** One of them. */
    public Optional<SubhostRecord> find(String name) {
        return live(name) ? registry.find(name).map(Subhost::record)
                : foreigners.find(name).map(Foreigners.Foreign::record).or(() -> registry.find(name).map(Subhost::record));
    }

    /** Addresses inside a running subhost, "eth0 192.0.2.5/24"; loopback and link-local ones are left out. Empty when it does not run or is just ending. */
    public List<String> addresses(String name) {
        return wiring.addresses(name);
    }

    /**
     * Starts a command in a running subhost; the caller waits for it and closes it.
     *
     * @throws RefusedException UNKNOWN, NOT_RUNNING
     * @throws KernelException the enter helper could not join
     */
    public InsideCommand enter(String name, InsideCommand.Request request) throws RefusedException, KernelException {
        if (!live(name) && foreigners.find(name).isPresent()) {
            throw new RefusedException(RefusedException.Kind.NOT_RUNNING, name + " was booted by overlay-boot 1.6; enter it by that one's overlay-go, or "
                    + "stop it and boot it again");
        }
        return inside.start(registry.running(name), request);
    }

    /** The root directory of a running subhost (O_PATH), for {@link TreeCopy}. @throws RefusedException UNKNOWN, NOT_RUNNING */
    public Fd root(String name) throws RefusedException, KernelException {
        return inside.root(registry.running(name));
    }

    private String bootId() {
        try {
            return kernel.processes().bootId();
        } catch (KernelException noProc) {
            throw new IllegalStateException(noProc);
        }
    }

    /** Lets go of everything. Subhosts go on; the next daemon adopts them. */
    @Override
    public void close() {
        spares.close();
        endingsExecutor.shutdown();
        groups.removeOwn();
    }
}
