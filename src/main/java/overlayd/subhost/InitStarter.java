package overlayd.subhost;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Processes;
import overlayd.plan.InitStep;
import overlayd.security.Confinement;

/**
 * Has a monitor start pid 1. The dialogue (kernel-notes, "The monitor"):
 *
 * <pre>
 *   daemon  -> monitor   PLAN     name, hostname, argv, environment; descriptors of namespaces, root, log, rundir, cgroups, locks
 *   monitor -> daemon    STARTED  pid; pidfd, read ends of ready and console    (or FAILED step errno)
 *   daemon  -> monitor   GO       the commit: from here on the subhost lives without the daemon
 * </pre>
 */
final class InitStarter {
    /** The monitor answers in well under a millisecond; this bounds a stopped or starved one. */
    private static final long ANSWER_MILLIS = 20_000;

    /** A descriptor for pid 1 or the monitor, under the protocol's name for it. */
    record Named(String name, Fd fd) {
    }

    /** What the monitor is told beside the step: where the log rotates. */
    record LogFile(String fileName, long cap, int keep) {
        /** A console file is cut at this size, and this many cut ones are kept. */
        private static final long CAP = 10L << 20;
        private static final int KEEP = 5;

        static LogFile of(Path log) {
            return new LogFile(ByteText.of(log.getFileName()), CAP, KEEP);
        }

        Packet.Builder in(Packet.Builder packet) {
            return packet.with("logname", fileName).with("logcap", cap).with("logkeep", keep);
        }
    }

    /** pid 1, not yet let go. */
    record Started(Pidfd init, Fd ready, Fd console) implements AutoCloseable {
        @Override
        public void close() {
            init.close();
            ready.close();
            console.close();
        }
    }

    private final Processes processes;

    InitStarter(Processes processes) {
        this.processes = processes;
    }

    /** Sends PLAN and waits for STARTED; the descriptors stay the caller's. */
    Started start(ControlSocket control, String name, InitStep.StartInit step, LogFile log, List<Named> descriptors)
            throws KernelException {
        Packet.Builder plan = log.in(Packet.of("PLAN").with("name", name).with("hostname", step.hostname())).withAll("arg", step.command());
        confine(plan, step.confinement());
        step.full().ifPresent(init -> plan.with("full", step.managesGroups() ? "groups" : "plain"));
        step.environment().forEach((key, value) -> plan.with("env", key + "=" + value));
        List<Fd> fds = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Named descriptor : descriptors) {
            names.add(descriptor.name());
            fds.add(descriptor.fd());
        }
        control.send(plan.withFds(names).build(), fds);
        Optional<ControlSocket.Received> answer = control.receive(Deadline.afterMillis(ANSWER_MILLIS));
        try (ControlSocket.Received received = answer.orElseThrow(() -> new KernelException("start monitor", name, Errno.EPIPE,
                "the monitor ended without an answer"))) {
            return started(name, received);
        }
    }

    /**
     * pid 1 applies it after the pivot, in this order, and reads back what it did, and that no device works on its root, before it executes the
     * init.
     */
    private static void confine(Packet.Builder plan, Confinement confinement) {
        plan.with("nodev", "/");
        plan.withAll("ro", confinement.readOnly()).withAll("rw", confinement.writable()).withAll("mask", confinement.masked());
        confinement.ids().ifPresent(ids -> plan.with("idstart", ids.start()).with("idcount", ids.count()));
        confinement.capabilityMask().ifPresent(mask -> plan.with("capbnd", Long.toHexString(mask)));
    }

    private Started started(String name, ControlSocket.Received received) throws KernelException {
        Packet packet = received.packet();
        int pid = packet.number("pid").orElse(0);
        if (packet.verb().equals("STARTED") && pid > 0 && received.count() >= 3) {
            return new Started(processes.adopt(received.take(0), pid), received.take(1), received.take(2));
        }
        Errno errno = Errno.of(packet.number("errno").orElse(-1));
        throw new KernelException("start pid 1 (" + packet.first("step").orElse(packet.verb()) + ")", name, errno);
    }

    /** Lets pid 1 go. When this returns the subhost is committed: it is told to run even if this daemon ends now. */
    void go(ControlSocket control) throws KernelException {
        control.send(Packet.of("GO").build(), List.of());
    }
}
