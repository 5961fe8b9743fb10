package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.IdRange;
import overlayd.kernel.Child;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Events;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;

/**
 * A command running in a subhost. Its parent is the enter helper, a C process that stays outside, joins by pidfd and waits for it;
 * the dialogue:
 *
 * <pre>
 *   daemon -> helper   ENTER    argv, environment, cwd, terminal; descriptors of pid 1, stdio, cgroups
 *   helper -> daemon   TTY      the terminal's master (only when a terminal was asked for)
 *   helper -> daemon   EXEC     errno: the program could not be executed; EXIT follows
 *   daemon -> helper   SIGNAL   number
 *   helper -> daemon   EXIT     exited=N | killed=N; lost=ERRNO of output, 0 (or FAILED step errno instead of all of it)
 * </pre>
 *
 * One thread waits; {@link #signal} may come from any other.
 */
public final class InsideCommand implements AutoCloseable {
    /**
     * What to run.
     *
     * @param command argv; the first word is looked for in the environment's PATH
     * @param environment the whole environment
     * @param directory working directory; where it is missing, /
     * @param terminal size of a new terminal; empty for the descriptors in {@code stdio}
     * @param stdio descriptors 0, 1, 2 when there is no terminal; the caller's. Pipes and sockets are handed in as they are, for /dev/null
     *     there is the subhost's, everything else stays outside and is relayed
     * @param handing whether those that are terminals are handed in as well
     */
    public record Request(List<String> command, Map<String, String> environment, String directory, Optional<Terminal> terminal,
            List<Fd> stdio, Handing handing) {
        public Request(List<String> command, Map<String, String> environment, String directory, Optional<Terminal> terminal, List<Fd> stdio) {
            this(command, environment, directory, terminal, stdio, Handing.NO_TERMINALS);
        }

        public Request {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            stdio = List.copyOf(stdio);
        }
    }

    /** What of the caller's descriptors may be handed in. */
    public enum Handing { NO_TERMINALS, TERMINALS }

    /** Rows and columns of a new terminal. */
    public record Terminal(int rows, int columns) {
    }

    /**
     * How it went.
     *
     * @param execErrno the program could not be executed for this reason
     * @param lost output that was relayed could not be written for this reason
     */
    public record Outcome(ExitStatus status, Optional<Errno> execErrno, Optional<Errno> lost) {
        public Outcome(ExitStatus status, Optional<Errno> execErrno) {
            this(status, execErrno, Optional.empty());
        }
    }

    /** Where it runs and what it may: descriptors of cgroups and filter as in {@link InitStarter.Named}, pid 1's bounding set in hexadecimal, the ids of its user namespace. */
    record Placement(List<InitStarter.Named> descriptors, String capabilities, Optional<IdRange> ids) {
    }

    /** Where the end of the helper is heard of, and what is done when the command is let go; that must not wait. */
    record Aftermath(Events events, Runnable then) {
    }

    private final Aftermath aftermath;
    private final String name;
    private final ControlSocket control;
    private final Child helper;
    private boolean closed;

    private InsideCommand(Aftermath aftermath, String name, Monitors.Monitor helper) {
        this.aftermath = aftermath;
        this.name = name;
        this.control = helper.control();
        this.helper = helper.child();
    }

    /** Sends the request to {@code helper}, a process in the role --enter, which is this command's from now on. */
    static InsideCommand start(Monitors.Monitor helper, Aftermath aftermath, Subhost subhost, Fd init, Placement placement,
            Request request) throws KernelException {
        InsideCommand command = new InsideCommand(aftermath, subhost.name(), helper);
        try {
            command.send(init, placement, request);
            return command;
        } catch (KernelException refused) {
            command.close();
            throw refused;
        }
    }

    private void send(Fd init, Placement placement, Request request) throws KernelException {
        Packet.Builder enter = Packet.of("ENTER").withAll("arg", request.command()).with("cwd", request.directory())
                .with("capbnd", placement.capabilities());
        placement.ids().ifPresent(ids -> enter.with("idstart", ids.start()).with("idcount", ids.count()));
        request.environment().forEach((key, value) -> enter.with("env", key + "=" + value));
        List<String> names = new ArrayList<>(List.of("pidfd"));
        List<Fd> fds = new ArrayList<>(List.of(init));
        if (request.terminal().isPresent()) {
            enter.with("tty", 1).with("rows", request.terminal().get().rows()).with("cols", request.terminal().get().columns());
        } else {
            names.addAll(List.of("stdin", "stdout", "stderr"));
            fds.addAll(request.stdio());
            if (request.handing() == Handing.TERMINALS) {
                enter.with("own", 1);
            }
        }
        for (InitStarter.Named place : placement.descriptors()) {
            names.add(place.name());
            fds.add(place.fd());
        }
        control.send(enter.withFds(names).build(), fds);
    }

    /** The master of the terminal that was asked for. To be called once, before {@link #await}. */
    public Fd terminal() throws KernelException {
        try (ControlSocket.Received received = receive(Deadline.afterMillis(20_000)).orElseThrow(this::helperDied)) {
            if (received.packet().verb().equals("TTY") && received.count() == 1) {
                return received.take(0);
            }
            throw failed(received.packet());
        }
    }

    /** Waits until the command has ended. Empty: the deadline passed first; it still runs. */
    public Optional<Outcome> await(Deadline deadline) throws KernelException {
        Optional<Errno> execErrno = Optional.empty();
        while (true) {
            Optional<ControlSocket.Received> answer;
            try {
                answer = receive(deadline);
            } catch (KernelException late) {
                if (late.errno() == Errno.ETIMEDOUT) {
                    return Optional.empty();
                }
                throw late;
            }
            try (ControlSocket.Received received = answer.orElseThrow(this::helperDied)) {
                Packet packet = received.packet();
                switch (packet.verb()) {
                    case "EXEC" -> execErrno = packet.number("errno").map(Errno::of);
                    case "EXIT" -> {
                        return Optional.of(new Outcome(status(packet), execErrno, packet.number("lost").filter(errno -> errno > 0).map(Errno::of)));
                    }
                    default -> throw failed(packet);
                }
            }
        }
    }

    /** Sends a signal to the command's process group. Nobody there any more is fine, and so is one that was let go. */
    public synchronized void signal(int number) {
        if (closed) {
            return;
        }
        try {
            control.send(Packet.of("SIGNAL").with("number", number).build(), List.of());
        } catch (KernelException ended) {
            // The helper has ended, and so has the command.
        }
    }

    private static ExitStatus status(Packet packet) {
        return packet.number("exited").map(ExitStatus::exited)
                .orElseGet(() -> packet.number("killed").map(ExitStatus::killed).orElse(ExitStatus.unknown()));
    }

    private Optional<ControlSocket.Received> receive(Deadline deadline) throws KernelException {
        return control.receive(deadline);
    }

    private KernelException helperDied() {
        return new KernelException("enter", name, Errno.EPIPE, "the enter helper was killed");
    }

    private KernelException failed(Packet packet) {
        return new KernelException("enter (" + packet.first("step").orElse(packet.verb()) + ")", name,
                Errno.of(packet.number("errno").orElse(-1)));
    }

    /** Lets go of the helper; a command that still runs goes on, and its helper is reaped when both have ended. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            control.close();
        }
        aftermath.then().run();
        try {
            if (helper.pidfd().await(Deadline.afterMillis(50)).isEmpty()) {
                aftermath.events().watch(helper.pidfd().fd(), Set.of(Events.Interest.READABLE), Events.Repeat.ONCE, event -> reap());
                return;
            }
        } catch (KernelException gone) {
            // reaped already, or it stays a zombie until the daemon ends
        }
        helper.close();
    }

    private void reap() throws KernelException {
        try (helper) {
            helper.pidfd().await(Deadline.afterMillis(0));
        }
    }
}
