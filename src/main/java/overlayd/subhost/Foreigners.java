package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.Pidfd;
import overlayd.kernel.RawText;
import overlayd.kernel.Signal;
import overlayd.plan.BootPlan;
import overlayd.state.Asked;
import overlayd.state.Life;
import overlayd.state.OnHost;
import overlayd.state.RootDirectories;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Upkeep;

/**
 * Subhosts that overlay-boot 1.6 has booted and that still run: a script "overlay-boot" that unshared its mounts (UNSHARED=yes in its
 * environment), and below it a first process in the network namespace that is pinned under the subhost's name. Known from the kernel
 * alone, asked anew each time; where every pinned namespace is ours nothing more is looked at. Any host thread.
 */
final class Foreigners {
    private static final Path PINNED = Path.of("/run/netns");
    private static final String SCRIPT = "overlay-boot";
    /** It keeps every capability, and filters and masks nothing. */
    private static final List<String> OPENNESS = List.of("PROFILE=compat");
    private static final int LIMIT = 4 << 20;
    private static final int DEEPEST = 8;
    private static final long TICKS_A_SECOND = 100; // USER_HZ is that on every architecture
    /** The script takes its mounts and the name of its netns back when it ends. */
    private static final Duration CLEANS_UP = Duration.ofSeconds(5);

    private final Kernel kernel;
    private final Registry registry;

    Foreigners(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
    }

    /** One of them: how it is listed, and the script that waits for its end. */
    record Foreign(SubhostRecord record, int script) {
    }

    /** All there are. */
    List<Foreign> all() {
        Map<FileIdentity, String> names = pinned();
        List<Foreign> found = new ArrayList<>();
        if (!names.isEmpty()) {
            Map<Integer, Integer> parents = parents();
            for (int script : parents.keySet()) {
                if (isScript(script)) {
                    first(script, parents, names).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    Optional<Foreign> find(String name) {
        return Files.exists(PINNED.resolve(name)) ? all().stream().filter(foreign -> foreign.record().name().equals(name)).findFirst() : Optional.empty();
    }

    /** Those of ours that none of them has the name of, and they, by name. */
    List<SubhostRecord> among(List<SubhostRecord> ours) {
        List<SubhostRecord> foreign = all().stream().map(Foreign::record).toList();
        return foreign.isEmpty() ? ours : Stream.concat(foreign.stream(), ours.stream().filter(subhost -> foreign.stream()
                .noneMatch(other -> other.name().equals(subhost.name())))).sorted(Comparator.comparing(SubhostRecord::name)).toList();
    }

    /** Stops the one of that name. @return whether there is one */
    boolean stop(String name, Subhosts.StopWish wish) throws RefusedException {
        Optional<Foreign> foreign = find(name);
        if (foreign.isPresent()) {
            stop(foreign.get(), wish.force() ? Duration.ZERO : wish.grace().orElse(Duration.ofSeconds(foreign.get().record().asked().stopSeconds())));
        }
        return foreign.isPresent();
    }

    /** @throws RefusedException EXISTS: one of them uses the plan's UPPER or WORK */
    void refuse(BootPlan plan) throws RefusedException {
        if (!plan.subject().rootKind().equals("overlay")) {
            return;
        }
        for (Foreign foreign : all()) {
            SubhostRecord other = foreign.record();
            for (Path mine : List.of(plan.subject().upperdir(), plan.subject().workdir())) {
                if (same(mine, other.root().upper()) || same(mine, other.root().work())) {
                    throw new RefusedException(RefusedException.Kind.EXISTS, mine + " is in use by subhost " + other.name()
                            + ", which overlay-boot 1.6 has booted; stop it first: overlay-stop " + other.name());
                }
            }
        }
    }

    private boolean same(Path mine, String theirs) {
        try {
            return !theirs.isEmpty() && kernel.files().target(ByteText.of(mine)).sameFile(kernel.files().target(theirs));
        } catch (KernelException absent) {
            return false;
        }
    }

    /**
     * Ends one: SIGTERM to its processes, after {@code grace} SIGKILL to the first; then what its script leaves is taken away.
     *
     * @throws RefusedException STEP: it does not end
     */
    private void stop(Foreign foreign, Duration grace) throws RefusedException {
        SubhostRecord record = foreign.record();
        try (Pidfd script = kernel.processes().open(foreign.script()); Pidfd init = kernel.processes().open(record.initPid())) {
            if (!kernel.processes().isSame(record.initPid(), record.life().initStart())) {
                return;
            }
            if (!grace.isZero()) {
                askAll(record.initPid());
                init.await(Deadline.after(grace));
            }
            if (!init.hasEnded()) {
                init.signal(Signal.KILL);
                init.await(Deadline.after(Stops.KILL_BOUND));
            }
            script.await(Deadline.after(CLEANS_UP));
            if (!init.hasEnded()) {
                throw new KernelException("kill", "init " + record.initPid(), overlayd.kernel.Errno.EBUSY, "it is in uninterruptible sleep");
            }
            if (find(record.name()).isEmpty()) {
                kernel.namespaces().unpinNetns(record.name());
                removeCgroup(record.name());
            }
        } catch (KernelException refused) {
            throw RefusedException.step(new Failure("stop", record.name(), refused.errno().name(), refused.getMessage(),
                    "it was booted by overlay-boot 1.6 and does not end", "look at its processes: ps -eo pid,ppid,stat,args --forest", false));
        }
    }

    /** SIGTERM to all of its pid namespace: its first process ignores it, and ends when it has no child any more. */
    private void askAll(int init) throws KernelException {
        FileIdentity namespace = kernel.files().target("/proc/" + init + "/ns/pid");
        for (int pid : parents().keySet()) {
            try (Pidfd process = kernel.processes().open(pid)) {
                if (kernel.files().target("/proc/" + pid + "/ns/pid").sameFile(namespace)) {
                    process.signal(Signal.TERM);
                }
            } catch (KernelException ended) {
                // which is what was wanted
            }
        }
    }

    /** It makes a group NAME at the root of cgroup2, and leaves it. */
    private void removeCgroup(String name) throws KernelException {
        for (MountInfo mount : MountInfo.parseAll(kernel.files().read("/proc/self/mountinfo", LIMIT))) {
            if (mount.fileSystem().equals("cgroup2")) {
                try {
                    Files.deleteIfExists(ByteText.path(mount.mountPoint()).resolve(name));
                } catch (IOException inUse) {
                    // then it is somebody else's
                }
            }
        }
    }

    /** Pinned network namespaces that no subhost of ours has, by what they are. */
    private Map<FileIdentity, String> pinned() {
        Map<FileIdentity, String> names = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(PINNED)) {
            for (Path file : files) {
                String name = ByteText.of(file.getFileName());
                if (registry.find(name).filter(subhost -> subhost.state().isLive()).isEmpty()) {
                    names.put(kernel.files().target(ByteText.of(file)), name);
                }
            }
        } catch (IOException | KernelException none) {
            // no netns was ever made, or one went meanwhile
        }
        return names;
    }

    /** Every process, and its parent. */
    private Map<Integer, Integer> parents() {
        Map<Integer, Integer> parents = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String stat = text(process.resolve("stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
                if (fields.length > 2) {
                    parents.put(Integer.valueOf(process.getFileName().toString()), Integer.valueOf(fields[1]));
                }
            }
        } catch (IOException noProc) {
            // then nothing is known
        }
        return parents;
    }

    private boolean isScript(int pid) {
        Path process = Path.of("/proc", Integer.toString(pid));
        return text(process.resolve("comm")).strip().equals(SCRIPT) && List.of(text(process.resolve("environ")).split("\0")).contains("UNSHARED=yes");
    }

    private Optional<Foreign> first(int script, Map<Integer, Integer> parents, Map<FileIdentity, String> names) {
        for (int pid : parents.keySet()) {
            if (below(pid, script, parents) && text(Path.of("/proc", pid + "", "status")).matches("(?s).*\nNSpid:[\\s\\d]*\\s1\n.*")) {
                try {
                    FileIdentity netns = kernel.files().target("/proc/" + pid + "/ns/net");
                    Optional<String> name = names.entrySet().stream().filter(e -> e.getKey().sameFile(netns)).map(Map.Entry::getValue).findFirst();
                    if (name.isPresent()) {
                        return Optional.of(new Foreign(record(name.get(), script, pid), script));
                    }
                } catch (KernelException ended) {
                    // then it is not to be listed
                }
            }
        }
        return Optional.empty();
    }

    private static boolean below(int pid, int ancestor, Map<Integer, Integer> parents) {
        Integer above = parents.get(pid);
        for (int i = 0; i < DEEPEST && above != null && above > 1; i++) {
            if (above == ancestor) {
                return true;
            }
            above = parents.get(above);
        }
        return false;
    }

    private SubhostRecord record(String name, int script, int init) throws KernelException {
        long start = kernel.processes().startTime(init);
        Optional<MountInfo> root = MountInfo.parseAll(kernel.files().read("/proc/" + init + "/mountinfo", LIMIT)).stream()
                .filter(mount -> mount.mountPoint().equals("/")).reduce((below, above) -> above);
        List<String> lower = root.flatMap(mount -> mount.superOption("lowerdir")).map(dirs -> List.of(dirs.split(":"))).orElse(List.of());
        RootDirectories layers = new RootDirectories(lower.isEmpty() ? "bind" : "overlay", lower, root.flatMap(mount -> mount.superOption("upperdir")).orElse(""),
                root.flatMap(mount -> mount.superOption("workdir")).orElse(""), "");
        Life life = new Life(SubhostState.FOREIGN, "booted by overlay-boot 1.6", init, start, bootTime() + start / TICKS_A_SECOND, "");
        return new SubhostRecord(name, kernel.processes().bootId(), Asked.of(file(script), OPENNESS), layers, OnHost.NOTHING, life, Upkeep.NONE);
    }

    /** The configuration, as the script was called with it in the directory it was called in. */
    private static String file(int script) {
        Path process = Path.of("/proc", Integer.toString(script));
        String[] words = text(process.resolve("cmdline")).split("\0");
        String directory = List.of(text(process.resolve("environ")).split("\0")).stream().filter(entry -> entry.startsWith("PWD=")).findFirst()
                .map(entry -> entry.substring(4)).filter(text -> text.startsWith("/")).orElse("/");
        Path file = ByteText.path(directory).resolve(ByteText.path(words[words.length - 1])).normalize();
        return ByteText.of(file);
    }

    /** When the host was started, in seconds since the epoch. */
    private static long bootTime() {
        return text(Path.of("/proc/stat")).lines().filter(line -> line.startsWith("btime ")).findFirst().map(line -> Long.parseLong(line.substring(6)))
                .orElse(0L);
    }

    private static String text(Path file) {
        try {
            return RawText.decode(Files.readAllBytes(file));
        } catch (IOException ended) {
            return "";
        }
    }
}
