package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;

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

    private final Kernel kernel;
    private final Instance instance;
    private final Registry registry;
    private final Endings endings;

    Adopter(Kernel kernel, Instance instance, Registry registry, Endings endings) {
        this.kernel = kernel;
        this.instance = instance;
        this.registry = registry;
        this.endings = endings;
    }

    /** Looks at every subhost directory. One that cannot be understood is reported and left as it is. */
    void adoptAll() throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(instance.subhosts())) {
            for (Path directory : directories) {
                try {
                    adopt(new Rundir(directory));
                } catch (IOException | KernelException | RuntimeException unclear) {
                    LOG.error("{}: its state cannot be understood and is left alone: {}", directory.getFileName(), unclear.getMessage());
                }
            }
        }
    }

    private void adopt(Rundir rundir) throws IOException, KernelException {
        Optional<SubhostRecord> record = rundir.read();
        if (record.isEmpty()) {
            endings.tearDown(new Subhost(rundir, nobody(rundir)));
            rundir.remove();
            return;
        }
        Subhost subhost = new Subhost(rundir, record.get());
        if (!record.get().bootId().equals(kernel.processes().bootId())) {
            // The host was started anew: nothing of it exists any more.
            rundir.remove();
            return;
        }
        registry.add(subhost);
        if (!record.get().stateOf().isLive()) {
            return;
        }
        OptionalInt monitor = monitor(rundir);
        Optional<Rundir.InitFile> init = rundir.init();
        if (monitor.isPresent() && init.isEmpty()) {
            // It has no GO and its control socket is closed: it ends within moments.
            awaitEnd(monitor.getAsInt());
            monitor = monitor(rundir);
            init = rundir.init();
        }
        if (init.isPresent() && rundir.exit().isEmpty() && kernel.processes().isSame(init.get().pid(), init.get().startTime())) {
            lives(subhost, init.get(), monitor);
        } else {
            ended(subhost, rundir.exit());
        }
    }

    private void lives(Subhost subhost, Rundir.InitFile init, OptionalInt monitor) throws KernelException, IOException {
        Pidfd initPidfd = kernel.processes().open(init.pid());
        if (!kernel.processes().isSame(init.pid(), init.startTime())) {
            initPidfd.close();
            ended(subhost, subhost.rundir().exit());
            return;
        }
        Optional<Pidfd> monitorPidfd = Optional.empty();
        if (monitor.isPresent()) {
            try {
                monitorPidfd = Optional.of(kernel.processes().open(monitor.getAsInt()));
            } catch (KernelException gone) {
                LOG.debug("{}: its monitor has just ended", subhost.name());
            }
        }
        subhost.live(initPidfd, monitorPidfd);
        ReadyLines lines = new ReadyLines(Progress.SILENT);
        lines.take(subhost.rundir().progress().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String degraded = subhost.record().reason().isEmpty() ? lines.degraded() : subhost.record().reason();
        SubhostRecord known = subhost.record().withInit(init.pid(), init.startTime());
        subhost.adopt(known.ready(known.bootedAt() == 0 ? System.currentTimeMillis() / 1000 : known.bootedAt(), degraded));
        endings.watch(subhost);
        LOG.info("{}: running, adopted, init {}", subhost.name(), init.pid());
    }

    private void ended(Subhost subhost, Optional<ExitStatus> exit) {
        boolean wasStopping = subhost.state() == SubhostState.STOPPING;
        boolean ran = exit.isPresent();
        ExitStatus status = exit.orElse(ExitStatus.unknown());
        List<Exception> broken = endings.tearDown(subhost);
        SubhostState state = wasStopping || status.success() ? SubhostState.STOPPED : SubhostState.FAILED;
        subhost.adopt(subhost.record().with(SubhostState.STOPPING, ""));
        endings.finish(subhost, status, state, broken);
        if (!ran && !wasStopping) {
            subhost.adopt(subhost.record().ended(SubhostState.FAILED, "its boot was cut off by the daemon's death, and undone", ""));
        }
    }

    /** The process that holds the monitor's lock. */
    private OptionalInt monitor(Rundir rundir) throws KernelException {
        try (Fd lock = kernel.files().openReadWrite(rundir.monitorLock().toString())) {
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
            process.await(Deadline.afterMillis(2000));
        } catch (KernelException gone) {
            if (gone.errno() != Errno.ESRCH) {
                throw gone;
            }
        }
    }

    private static SubhostRecord nobody(Rundir rundir) {
        return new SubhostRecord(String.valueOf(rundir.directory().getFileName()), "", "", SubhostState.STOPPED.name(), "", 0, 0, 0, "",
                List.of(), "", "", "", "", List.of(), List.of(), List.of(), 0, 0, "");
    }
}
