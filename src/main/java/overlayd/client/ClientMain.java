package overlayd.client;

import java.io.IOException;
import java.util.Optional;
import jnr.constants.platform.Signal;
import jnr.posix.SignalHandler;
import jnr.posix.util.SunMiscSignal;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.varlink.ClientConnection;
import overlayd.varlink.ClientConnection.Answers;
import overlayd.varlink.ClientConnection.Reply;
import overlayd.varlink.Json;

/** The client in Java: {@code java -jar overlayd.jar overlay-boot …} does what the C program {@code overlay-boot} does, slower. */
public final class ClientMain {
    private final Machine machine = new Machine();
    private final String name;
    private final int arguments;
    private ClientConnection connection;
    private volatile TerminalRelay relay;
    private int signals;

    private ClientMain(String[] arguments) {
        this.name = arguments[0].substring(arguments[0].lastIndexOf('/') + 1);
        this.arguments = arguments.length;
    }

    /**
     * Runs the command {@code arguments[0]} in the daemon.
     *
     * @param arguments those of main(), unchanged: their bytes are read again from /proc/self/cmdline
     * @return what to exit with
     */
    public static int run(String[] arguments) {
        return new ClientMain(arguments).run();
    }

    private int run() {
        try {
            CommandLine commandLine = new CommandLine(machine, arguments);
            ClientConnection opened = new DaemonDoor(machine, commandLine, name).open();
            listenForSignals();
            try (Fd packed = commandLine.memoryFile()) {
                call(opened, packed);
            }
            return converse();
        } catch (GiveUp reason) {
            return giveUp(reason.status(), reason.getMessage());
        } catch (IOException | KernelException e) {
            return giveUp(GiveUp.FAILED, e.getMessage());
        } catch (InterruptedException e) {
            return giveUp(GiveUp.FAILED, "interrupted");
        } finally {
            restore();
        }
    }

    private int giveUp(int status, String line) {
        restore();
        System.err.println(name + ": " + line);
        return status;
    }

    private void restore() {
        TerminalRelay current = relay;
        if (current != null) {
            current.close();
        }
    }

    private synchronized void call(ClientConnection opened, Fd packed) throws KernelException {
        connection = opened;
        try {
            connection.call("org.overlayd.Command.Run", Json.object().put("stdin", 0).put("stdout", 1).put("stderr", 2).put("arguments", 3),
                Answers.MORE, Machine.standard(0), Machine.standard(1), Machine.standard(2), packed);
        } catch (KernelException e) {
            if (e.errno() != Errno.EPIPE) { // a daemon that closes at once may still have said why
                throw e;
            }
        }
    }

    /**
     * By the JVM's own dispatcher, on a thread of its own: a handler that POSIX.signal puts into sigaction(2) runs Java code where
     * signal-safety(7) forbids it, and ended the JVM with SIGSEGV now and then.
     */
    private void listenForSignals() {
        for (Signal signal : new Signal[] {Signal.SIGINT, Signal.SIGTERM, Signal.SIGHUP}) {
            SunMiscSignal.signal(signal, (SignalHandler) this::heed);
        }
        for (Signal signal : new Signal[] {Signal.SIGWINCH, Signal.SIGCONT}) {
            SunMiscSignal.signal(signal, (SignalHandler) number -> refresh());
        }
    }

    private void refresh() {
        TerminalRelay current = relay;
        if (current != null) {
            current.refresh();
        }
    }

    private synchronized void heed(int number) {
        if (++signals == 3 || connection == null) { // insisted, or nothing has begun
            restore();
            Runtime.getRuntime().halt(128 + number);
        }
        try {
            connection.call("org.overlayd.Command.Interrupt", Json.object().put("signal", number), Answers.NONE);
        } catch (KernelException gone) {
            // the main thread sees the end of the connection
        }
    }

    private int converse() throws IOException, KernelException, InterruptedException, GiveUp {
        for (Optional<Reply> reply = connection.receive(); reply.isPresent(); reply = connection.receive()) {
            Optional<Integer> status = understand(reply.get());
            if (status.isPresent()) {
                return status.get();
            }
        }
        if (relay != null) {
            relay.await(); // a session on a terminal goes on without the daemon
        }
        throw new GiveUp(GiveUp.UNREACHABLE, "overlayd closed the connection");
    }

    private Optional<Integer> understand(Reply reply) throws GiveUp, InterruptedException {
        if (reply.error() != null) {
            throw reply.error().contains("PermissionDenied") ? DaemonDoor.notPermitted(name) : new GiveUp(GiveUp.FAILED, reply.error());
        }
        if (reply.parameters().hasNonNull("exitStatus")) {
            if (relay != null) {
                relay.drain();
            }
            return Optional.of(reply.parameters().get("exitStatus").intValue() & 255);
        }
        if (relay == null && !reply.fds().isEmpty() && reply.parameters().hasNonNull("terminal")) {
            relay = TerminalRelay.start(machine, reply.fds().get(0));
        }
        return Optional.empty();
    }
}
