package overlayd.subject;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import overlayd.command.Bench;
import overlayd.config.Strictness;
import overlayd.enter.Session;
import overlayd.failure.Absence;
import overlayd.failure.RefusedException;
import overlayd.kernel.KernelException;
import overlayd.state.Asked;
import overlayd.state.Course;
import overlayd.state.Life;
import overlayd.state.OnHost;
import overlayd.state.RootDirectories;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Upkeep;
import overlayd.state.Waits;
import overlayd.subhost.InsideCommand;
import overlayd.subhost.Progress;
import overlayd.subhost.Subhosts;

/** Subhosts that exist in a map only; writes down what was asked for. */
public class FakeDoor implements Door {
    public final Map<String, SubhostRecord> subhosts = java.util.Collections.synchronizedMap(new TreeMap<>());
    public final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());
    /** Done when the subhosts end. */
    public final CompletableFuture<Subhosts.End> end = new CompletableFuture<>();
    /** What boot and stop refuse with. */
    public Optional<RefusedException> refusal = Optional.empty();
    /** What a restart refuses with. */
    public Optional<RefusedException> duringRestart = Optional.empty();
    /** One that cannot be stopped. */
    public String unstoppable = "";
    /** Whether there is a plan for every file. */
    public boolean bootable;
    /** What is wrong with every file. */
    public List<overlayd.config.Problem> problems = List.of();
    /** How commands end; null: they cannot be started. */
    public InsideCommand.Outcome session;
    /** The last one. */
    public InsideCommand.Request request;
    /** What happens meanwhile. */
    public Runnable duringBoot = () -> { };

    public static SubhostRecord record(String name, String state, String reason) {
        int pid = state.equals("RUNNING") ? 4711 : 0;
        Life life = new Life(SubhostState.valueOf(state), reason, pid, 99, pid == 0 ? 0 : 1_000_000, "");
        return new SubhostRecord(name, "boot", new Asked("/etc/overlayd/conf.d/" + name + ".conf", "/nowhere/" + name + ".log", List.of("nginx"), 90, 10, List.of()),
                new RootDirectories("overlay", List.of("/"), "/u", "/w", "/l"), OnHost.NOTHING, life, Upkeep.NONE);
    }

    public static SubhostRecord withLog(SubhostRecord r, Path log) {
        return of(r, new Asked(r.file(), log.toString(), r.asked().services(), r.asked().startSeconds(), r.asked().stopSeconds(), r.asked().settings()));
    }

    public static SubhostRecord withFile(SubhostRecord r, Path file) {
        return of(r, new Asked(file.toString(), r.asked().log(), r.asked().services(), r.asked().startSeconds(), r.asked().stopSeconds(), r.asked().settings()));
    }

    private static SubhostRecord of(SubhostRecord r, Asked asked) {
        return new SubhostRecord(r.name(), r.bootId(), asked, r.root(), r.onHost(), r.life(), r.upkeep());
    }

    /** One that runs, and requires others. */
    public static SubhostRecord requiring(String name, String... others) {
        return record(name, "RUNNING", "").with(new Upkeep("no", List.of(), Optional.empty(), 0, 0,
                new Waits(List.of(), List.of(others)), Course.NONE));
    }

    public FakeDoor with(SubhostRecord record) {
        subhosts.put(record.name(), record);
        return this;
    }

    @Override
    public Subhosts.Planning plan(Path file, Strictness strictness) {
        asked.add("plan " + file + " " + strictness);
        return new Subhosts.Planning(Optional.empty(), problems, Optional.of(new overlayd.plan.BootPlan("x", file, List.of(), List.of(), null, null, null,
                List.of())).filter(plan -> bootable));
    }

    @Override
    public Subhosts.Booted boot(Path file, Subhosts.BootWish wish, Progress progress) throws RefusedException {
        asked.add("boot " + file + (wish.strict() ? " strictly" : ""));
        duringBoot.run();
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        String name = Locator.nameIn(file);
        subhosts.putIfAbsent(name, record(name, "RUNNING", ""));
        return new Subhosts.Booted(subhosts.get(name), List.of());
    }

    @Override
    public void cancel(String name, String why) {
        asked.add("cancel " + name);
    }

    @Override
    public Subhosts.Booted restart(String name, Subhosts.StopWish how, Progress progress) throws RefusedException {
        if (!subhosts.containsKey(name)) {
            throw new RefusedException(RefusedException.Kind.UNKNOWN, name + " " + Absence.notBooted(name));
        }
        asked.add("restart " + name);
        if (duringRestart.isPresent()) {
            throw duringRestart.get();
        }
        return new Subhosts.Booted(subhosts.get(name), List.of());
    }

    @Override
    public boolean stop(String name, Subhosts.StopWish wish, Progress progress) throws RefusedException {
        asked.add("stop " + name + (wish.force() ? " by force" : "") + wish.grace().map(g -> " in " + g.toSeconds()).orElse(""));
        if (name.equals(unstoppable)) {
            throw new RefusedException(RefusedException.Kind.BUSY, name + " cannot be stopped");
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return subhosts.get(name).state().isLive();
    }

    @Override
    public List<SubhostRecord> list() {
        return List.copyOf(subhosts.values());
    }

    @Override
    public Optional<SubhostRecord> find(String name) {
        return Optional.ofNullable(subhosts.get(name));
    }

    @Override
    public List<String> addresses(String name) {
        return List.of("eth0 192.0.2.5/24");
    }

    @Override
    public CompletableFuture<Subhosts.End> end(String name) throws RefusedException {
        if (!subhosts.containsKey(name)) {
            throw new RefusedException(RefusedException.Kind.UNKNOWN, name + " " + Absence.notBooted(name));
        }
        asked.add("end " + name);
        return end;
    }

    @Override
    public CompletableFuture<Void> idle(String name) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void mountDisk(int pid, overlayd.subhost.DiskRequest disk) {
        asked.add("mount " + disk);
    }

    @Override
    public void share(String name, overlayd.subhost.LiveShare share) throws RefusedException {
        asked.add("share " + share.host() + " " + share.target() + (share.readOnly() ? " read-only" : "") + " with " + name);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    @Override
    public void unshare(String name, Path target) throws RefusedException {
        asked.add("unshare " + target + " of " + name);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    @Override
    public overlayd.kernel.Fd root(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Session start(String name, InsideCommand.Request request) throws RefusedException, KernelException {
        if (session == null) {
            throw new RefusedException(RefusedException.Kind.NOT_RUNNING, name + " " + Absence.notRunning("stopped", name));
        }
        this.request = request;
        return Bench.fake(Session.class, Map.of("await", a -> Optional.of(session), "close", a -> null));
    }
}
