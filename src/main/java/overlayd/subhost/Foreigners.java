package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
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
import overlayd.kernel.Signal;
import overlayd.plan.BootPlan;
import overlayd.state.SubhostRecord;

/** Subhosts that overlay-boot 1.6 has booted and that still run: they are listed, kept out of a boot's way, and stopped. Any host thread. */
final class Foreigners {
    private static final int LIMIT = 4 << 20;
    /** The script takes its mounts and the name of its netns back when it ends. */
    private static final Duration CLEANS_UP = Duration.ofSeconds(5);

    private final Kernel kernel;
    private final ForeignEvidence evidence;

    Foreigners(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.evidence = new ForeignEvidence(kernel, registry);
    }

    /** One of them: how it is listed, and the script that waits for its end. */
    record Foreign(SubhostRecord record, int script) {
    }

    Optional<Foreign> find(String name) {
        return evidence.find(name);
    }

    /** Those of ours that none of them has the name of, and they, by name. */
    List<SubhostRecord> among(List<SubhostRecord> ours) {
        List<SubhostRecord> foreign = evidence.all().stream().map(Foreign::record).toList();
        return foreign.isEmpty() ? ours : Stream.concat(foreign.stream(), ours.stream().filter(subhost -> foreign.stream()
                .noneMatch(other -> other.name().equals(subhost.name())))).sorted(Comparator.comparing(SubhostRecord::name)).toList();
    }

    /** Stops the one of that name. @return whether there is one */
    boolean stop(String name, Subhosts.StopWish wish) throws RefusedException {
        Optional<Foreign> foreign = evidence.find(name);
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
        for (Foreign foreign : evidence.all()) {
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
            if (evidence.find(record.name()).isEmpty()) {
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
        for (int pid : ForeignEvidence.parents().keySet()) {
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
}
