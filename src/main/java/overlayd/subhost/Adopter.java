package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Signal;
import overlayd.state.Instance;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/**
 * Finds out, when the daemon starts, what became of the subhosts of an earlier one. The monitor's lock and files say it
 * (kernel-notes, "After a restart"):
 *
 * <pre>
 *   lock held, pid file      lives: adopt it
 *   lock held, no pid file   the monitor is about to give up: wait for it, look again
 *   lock free, pid and exit  ended meanwhile: note how, take back what is left
 *   lock free, pid, no exit  the monitor was killed: pid 1 lives on if pid and start time fit
 *   lock free, no pid file   never ran: take back what the journal knows
 * </pre>
 */
final class Adopter {
    private static final Logger LOG = LoggerFactory.getLogger(Adopter.class);

    private static final String LOST = "its record was lost";

    private static final int HANDS = 4;

    private final List<Subhost> halfStopped = Collections.synchronizedList(new ArrayList<>());
    private final Kernel kernel;
    private final Instance instance;
    private final Registry registry;
    private final Endings endings;
    private final Evidence evidence;
    private final Replacements replacements;
    private final RundirRepair repair;
    private final Leavings leavings;

    Adopter(Kernel kernel, Instance instance, Registry registry, Endings endings, Evidence evidence, Replacements replacements) {
        this.replacements = replacements;
        this.evidence = evidence;
        this.kernel = kernel;
        this.instance = instance;
        this.registry = registry;
        this.endings = endings;
        this.repair = new RundirRepair(evidence);
        this.leavings = new Leavings(registry, endings);
    }

    /** Looks at every subhost directory, then at what the kernel shows beside. One that cannot be understood is reported and left as it is. */
    void adoptAll() throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(instance.subhosts())) {
            directories.forEach(all::add);
        }
        // Each is a lane of its own; a cold JVM is what takes the time, and nobody can be served meanwhile.
        try {
            ExecutorService hands = Executors.newFixedThreadPool(Math.max(1, Math.min(HANDS, all.size())));
            all.forEach(directory -> hands.execute(() -> guarded(directory.getFileName().toString(), () -> adopt(new Rundir(directory)))));
            hands.shutdown();
            hands.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
        guarded("lost subhosts", () -> {
            for (String name : evidence.names()) {
                if (registry.find(name).isEmpty()) {
                    guarded(name, () -> rebuild(name));
                }
            }
        });
    }

    private interface Look {
        void run() throws IOException, KernelException;
    }

    private static void guarded(String name, Look look) {
        try {
            look.run();
        } catch (IOException | KernelException | RuntimeException unclear) {
            LOG.error("{}: its state cannot be understood and is left alone: {}", name, unclear.getMessage());
        }
    }

    private void adopt(Rundir rundir) throws IOException, KernelException {
        String name = rundir.directory().getFileName().toString();
        RundirRepair.putAside(rundir);
        if (!Files.exists(rundir.directory())) {
            return;
        }
        String bootId = kernel.processes().bootId();
        Optional<SubhostRecord> record = RundirRepair.read(rundir);
        OptionalInt monitor = monitor(rundir);
        if (monitor.isEmpty() && record.isPresent() && !record.get().bootId().equals(bootId)) {
            // The host was started anew: nothing of it exists any more.
            rundir.remove();
            return;
        }
        if (monitor.isPresent() && !rundir.hasInitFile() && evidence.init(name, monitor).isEmpty()) {
            // It has no GO and its control socket is closed: it ends within moments.
            awaitEnd(monitor.getAsInt());
            monitor = monitor(rundir);
        }
        Optional<Rundir.InitFile> init = living(rundir, record, monitor);
        // The record is a hint only: without one, what the kernel shows still counts.
        Subhost subhost = new Subhost(rundir, record.orElseGet(() -> SubhostRecord.unknown(name, bootId)
                .with(SubhostState.RUNNING, LOST)));
        if (init.isPresent() || record.isPresent() && record.get().state().isLive() || rundir.isOpen()) {
            repair.journal(rundir, init);
        }
        if (init.isPresent()) {
            registry.add(subhost);
            RundirRepair.files(rundir, init.get());
            lives(subhost, init.get(), monitor);
        } else if (record.isEmpty()) {
            leavings.neverWas(subhost);
        } else {
            registry.add(subhost);
            leavings.gone(subhost, rundir.init());
        }
    }

    /** pid 1, if it lives: as noted by the monitor, as noted in the record, or as the kernel shows it. */
    private Optional<Rundir.InitFile> living(Rundir rundir, Optional<SubhostRecord> record, OptionalInt monitor) throws IOException, KernelException {
        Optional<Rundir.InitFile> noted = rundir.init();
        if (noted.isPresent() && evidence.runs(noted.get())) {
            return noted;
        }
        Optional<Rundir.InitFile> recorded = record.filter(r -> r.initPid() > 0).map(r -> new Rundir.InitFile(r.initPid(), r.life().initStart()));
        if (recorded.isPresent() && evidence.runs(recorded.get())) {
            return recorded;
        }
        return evidence.init(rundir.directory().getFileName().toString(), monitor);
    }

    /** A subhost that has no directory any more, or one that could not be understood, but lives, or has left something. */
    private void rebuild(String name) throws IOException, KernelException {
        Rundir rundir = instance.rundir(name);
        Optional<Rundir.InitFile> init = evidence.init(name, OptionalInt.empty());
        Instance.makePrivate(rundir.directory());
        RundirRepair.putAside(rundir);
        repair.journal(rundir, init);
        Subhost subhost = new Subhost(rundir, SubhostRecord.unknown(name, kernel.processes().bootId()).with(SubhostState.RUNNING, LOST));
        if (init.isPresent()) {
            registry.add(subhost);
            RundirRepair.files(rundir, init.get());
            lives(subhost, init.get(), OptionalInt.empty());
        } else {
            LOG.warn("{}: what an unknown boot has left is taken back", name);
            leavings.neverWas(subhost);
        }
    }

    private void lives(Subhost subhost, Rundir.InitFile init, OptionalInt monitor) throws KernelException, IOException {
        Pidfd initPidfd;
        try {
            initPidfd = kernel.processes().open(init.pid());
        } catch (KernelException justEnded) {
            leavings.gone(subhost, Optional.of(init));
            return;
        }
        if (!kernel.processes().isSame(init.pid(), init.startTime())) {
            initPidfd.close();
            leavings.gone(subhost, Optional.of(init));
            return;
        }
        Optional<Pidfd> monitorPidfd = Optional.empty();
        OptionalInt parent = monitor.isPresent() ? monitor : evidence.monitor(init.pid());
        if (parent.isPresent()) {
            try {
                monitorPidfd = Optional.of(kernel.processes().open(parent.getAsInt()));
            } catch (KernelException gone) {
                LOG.debug("{}: its monitor has just ended", subhost.name());
            }
        }
        boolean stopping = !subhost.state().isLive() || subhost.state() == SubhostState.STOPPING;
        subhost.live(initPidfd, monitorPidfd);
        monitorPidfd.flatMap(replacements::consoleOf).ifPresent(subhost::console);
        ReadyLines lines = new ReadyLines(Progress.SILENT);
        lines.take(subhost.rundir().progress().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String degraded = subhost.record().reason().isEmpty() ? lines.degraded() : subhost.record().reason();
        SubhostRecord known = subhost.record().withInit(init.pid(), init.startTime());
        subhost.adopt(known.ready(known.life().bootedAt() == 0 ? System.currentTimeMillis() / 1000 : known.life().bootedAt(), degraded));
        boolean paused = !stopping && evidence.frozen(subhost.name()) && subhost.turn(SubhostState.RUNNING, SubhostState.PAUSED);
        endings.watch(subhost);
        if (stopping) {
            halfStopped.add(subhost);
        }
        LOG.info("{}: {}, adopted, init {}", subhost.name(), stopping ? "half stopped" : paused ? "paused" : "running", init.pid());
    }

    /** Those whose root rebooted them while there was no daemon to boot them again. */
    List<Subhost> rebooted() {
        return leavings.rebooted();
    }

    /** Those that live though an earlier daemon began to stop them: to be stopped now. */
    List<Subhost> halfStopped() {
        return List.copyOf(halfStopped);
    }

    /** The process that holds the monitor's lock. */
    private OptionalInt monitor(Rundir rundir) throws KernelException {
        try (Fd lock = kernel.files().openReadWrite(ByteText.of(rundir.monitorLock()))) {
            return kernel.locks().writeLockOwner(lock);
        } catch (KernelException none) {
            if (none.errno() == Errno.ENOENT) {
                return OptionalInt.empty();
            }
            throw none;
        }
    }

    private void awaitEnd(int pid) throws KernelException {
        try (Pidfd process = kernel.processes().open(pid)) {
            if (process.await(Deadline.afterMillis(2000)).isEmpty()) {
                process.signal(Signal.KILL); // stopped or starved; its pid 1 waits at the gate and ends with it
                process.await(Deadline.afterMillis(2000));
            }
        } catch (KernelException gone) {
            if (gone.errno() != Errno.ESRCH) {
                throw gone;
            }
        }
    }
}
