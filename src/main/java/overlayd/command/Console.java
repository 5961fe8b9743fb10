package overlayd.command;

import java.util.Optional;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.RawText;
import overlayd.kernel.Terminals;
import overlayd.report.ReaderGone;

/**
 * The client's own standard descriptors. Writes block as long as the client's terminal or pipe does, hence nothing that others wait
 * for may be done meanwhile. Thread-safe; the descriptors stay the call's.
 */
final class Console {
    private static final int DEFAULT_WIDTH = 80;

    /** The client's descriptors 0, 1, 2. */
    record Stdio(Fd in, Fd out, Fd err) {
    }

    private final Pipes pipes;
    private final Terminals terminals;
    private final Stdio stdio;
    private final ErrorWriter errors;

    /** Another way to standard error. */
    interface ErrorWriter {
        /** @return false: not this time, write as usual */
        boolean write(Fd fd, byte[] text);
    }

    Console(Pipes pipes, Terminals terminals, Stdio stdio) {
        this(pipes, terminals, stdio, (fd, text) -> false);
    }

    private Console(Pipes pipes, Terminals terminals, Stdio stdio, ErrorWriter errors) {
        this.errors = errors;
        this.pipes = pipes;
        this.terminals = terminals;
        this.stdio = stdio;
    }

    /** The same, but for standard error. */
    Console withErrors(ErrorWriter writer) {
        return new Console(pipes, terminals, stdio, writer);
    }

    Stdio stdio() {
        return stdio;
    }

    /** Writes to standard output. @throws ReaderGone when nobody reads it */
    void out(String text) {
        out(RawText.encode(text));
    }

    /** As {@link #out(String)}. */
    synchronized void out(byte[] bytes) {
        try {
            pipes.writeAll(stdio.out(), bytes);
        } catch (KernelException refused) {
            boolean failed = refused.errno() != Errno.EPIPE;
            if (failed) {
                err("cannot write to standard output: " + refused.errno() + " (" + refused.errno().meaning() + ")\n");
            }
            throw new ReaderGone(refused.getMessage(), failed);
        }
    }

    /** Writes to standard error; that nobody reads it is no reason to stop what is under way. */
    synchronized void err(String text) {
        byte[] bytes = RawText.encode(text);
        if (errors.write(stdio.err(), bytes)) {
            return;
        }
        try {
            pipes.writeAll(stdio.err(), bytes);
        } catch (KernelException unread) {
            // the exit status tells it too
        }
    }

    boolean outIsTerminal() {
        return terminals.isTerminal(stdio.out());
    }

    boolean errIsTerminal() {
        return terminals.isTerminal(stdio.err());
    }

    /** Whether a person can talk to a program on it. */
    boolean isInteractive() {
        return terminals.isTerminal(stdio.in()) && outIsTerminal();
    }

    /** Size of the terminal on standard input or output; empty when neither is one. */
    Optional<Terminals.Size> size() {
        return size(stdio.in()).or(() -> size(stdio.out()));
    }

    /** Columns to fill. */
    int width() {
        return size(stdio.out()).map(Terminals.Size::columns).filter(columns -> columns > 0).orElse(DEFAULT_WIDTH);
    }

    private Optional<Terminals.Size> size(Fd fd) {
        try {
            return Optional.of(terminals.size(fd));
        } catch (KernelException none) {
            return Optional.empty();
        }
    }
}
