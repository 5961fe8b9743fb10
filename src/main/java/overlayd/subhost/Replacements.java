package overlayd.subhost;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.config.IdRange;
import overlayd.kernel.Child;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Sockets;
import overlayd.kernel.SpawnRequest;
import overlayd.state.DirectoryLocks;

/**
 * Puts another process in the place of a monitor that was killed: it drains the console, so that no service ever blocks on it, and holds the
 * locks. How pid 1 ends it cannot know. The dialogue:
 *
 * <pre>
 *   daemon  -> drainer   DRAIN      name, log; descriptors of pid 1, console, log, runtime directory, locks
 *   drainer -> daemon    DRAINING   (or FAILED step errno)
 * </pre>
 *
 * Any thread that may wait some milliseconds.
 */
final class Replacements {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final long ANSWER_MILLIS = 5_000;
    private static final int LOG_MODE = 0640;
    /** The monitor's number of its console (CONSOLE_FD in monitor.c). */
    private static final int CONSOLE_FD = 100;

    private final Kernel kernel;
    private final String reaper;
    private final IdRanges ids;

    Replacements(Kernel kernel, String reaper, IdRanges ids) {
        this.kernel = kernel;
        this.reaper = reaper;
        this.ids = ids;
    }

    /** The console's read end of a subhost that an earlier daemon booted. */
    Optional<Fd> consoleOf(Pidfd monitor) {
        try {
            return Optional.of(kernel.processes().copyDescriptor(monitor, CONSOLE_FD));
        } catch (KernelException none) {
            LOG.debug("{}; should the monitor be killed, pid 1's own console is used", none.getMessage());
            return Optional.empty();
        }
    }

    /** Starts the drainer. @return its process. @throws KernelException ESRCH: the subhost has ended */
    Pidfd replace(Subhost subhost) throws KernelException {
        Pidfd init = subhost.init().orElseThrow(() -> new KernelException("replace monitor", subhost.name(), Errno.ESRCH));
        Sockets.Pair pair = kernel.sockets().pair();
        Child child = spawn(pair);
        try (ControlSocket control = pair.ours(); Opened opened = new Opened()) {
            tell(subhost, init, control, opened);
            return child.pidfd();
        } catch (KernelException | RuntimeException refused) {
            // Its socket is closed, which ends it.
            try (child) {
                child.pidfd().await(Deadline.afterMillis(1000));
            }
            throw refused;
        }
    }

    private Child spawn(Sockets.Pair pair) throws KernelException {
        try (Fd theirs = pair.theirs()) {
            Child child = kernel.spawn().spawn(SpawnRequest.of(reaper, "--drain").withDescriptor(3, theirs));
            Monitors.shelter(kernel.cgroups(), child.pid());
            return child;
        } catch (KernelException refused) {
            pair.ours().close();
            throw refused;
        }
    }

    private void tell(Subhost subhost, Pidfd init, ControlSocket control, Opened opened) throws KernelException {
        String log = subhost.record().asked().log();
        Packet.Builder drain = Packet.of("DRAIN").with("name", subhost.name());
        opened.keep("pidfd", init.fd());
        opened.keep("console", console(subhost, init, opened));
        opened.take("rundir", kernel.files().openDirectory(ByteText.of(subhost.rundir().directory())));
        if (log.isEmpty()) {
            // Its record was lost, and with it the name of its log.
            opened.take("log", kernel.files().openReadWrite("/dev/null"));
        } else {
            Path file = ByteText.path(log);
            opened.take("logdir", kernel.files().openPath(ByteText.of(file.getParent())));
            opened.take("log", kernel.files().openForAppend(log, LOG_MODE));
            InitStarter.LogFile.of(file).in(drain);
        }
        lock(subhost, subhost.record().root().upper(), opened);
        lock(subhost, subhost.record().root().work(), opened);
        lockIds(subhost, init, opened);
        control.send(drain.withFds(opened.names).build(), opened.fds);
        Optional<ControlSocket.Received> answer = control.receive(Deadline.afterMillis(ANSWER_MILLIS));
        try (ControlSocket.Received received = answer.orElseThrow(() -> new KernelException("replace monitor", subhost.name(), Errno.EPIPE,
                "the new one ended without an answer"))) {
            if (!received.packet().verb().equals("DRAINING")) {
                throw new KernelException("replace monitor (" + received.packet().first("step").orElse("?") + ")", subhost.name(),
                        Errno.of(received.packet().number("errno").orElse(-1)));
            }
        }
    }

    /** Kept since the boot, or what pid 1 itself writes to, if that is a pipe: whichever pipe it is, it is the subhost's own. */
    private Fd console(Subhost subhost, Pidfd init, Opened opened) throws KernelException {
        if (subhost.console().isPresent()) {
            return subhost.console().get();
        }
        return opened.own(kernel.files().openPipe("/proc/" + init.pid() + "/fd/1"));
    }

    /** The killed monitor's lock went with it. Somebody else's by now: told, for nothing can be done. */
    private void lock(Subhost subhost, String directory, Opened opened) {
        if (directory.isEmpty()) {
            return;
        }
        try {
            Fd fd = opened.own(kernel.files().openDirectory(directory));
            DirectoryLocks locks = new DirectoryLocks(kernel);
            locks.lock("lock", ByteText.path(directory), fd);
            opened.keep("lock", fd);
            locks.lockParents("lock", ByteText.path(directory), fd).forEach(parent -> opened.take("lock", parent));
        } catch (KernelException taken) {
            LOG.error("{}: {}; nothing locks it now", subhost.name(), taken.getMessage());
        }
    }

    private void lockIds(Subhost subhost, Pidfd init, Opened opened) throws KernelException {
        Optional<IdRange> range = IdRanges.of(kernel, init.pid());
        if (range.isPresent()) {
            Optional<Fd> lock = ids.lock(range.get());
            lock.ifPresentOrElse(fd -> opened.take("lock", fd),
                    () -> LOG.error("{}: another subhost has ids of {}; nothing locks them now", subhost.name(), range.get()));
        }
    }

    /** Descriptors to send, and those to close afterwards. */
    private static final class Opened implements AutoCloseable {
        private final List<String> names = new ArrayList<>();
        private final List<Fd> fds = new ArrayList<>();
        private final List<Fd> own = new ArrayList<>();

        void keep(String name, Fd fd) {
            names.add(name);
            fds.add(fd);
        }

        Fd own(Fd fd) {
            own.add(fd);
            return fd;
        }

        void take(String name, Fd fd) {
            keep(name, own(fd));
        }

        @Override
        public void close() {
            own.forEach(Fd::close);
        }
    }
}
