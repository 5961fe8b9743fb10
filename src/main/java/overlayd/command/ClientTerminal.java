package overlayd.command;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Terminals;

/**
 * The modes a client's terminal had before the client made it raw. A client that is killed cannot put them back: then this does. Only a
 * terminal that is still raw is touched: the user's shell may have set modes of its own meanwhile.
 */
final class ClientTerminal {
    /** How long a client may take to end after its last answer before it counts as alive. */
    private static final long GRACE_MILLIS = 1000;
    // struct termios of the kernel (asm-generic/termbits.h): c_iflag, c_oflag, c_cflag, c_lflag, 32 bits each
    private static final int OFLAG = 4;
    private static final int LFLAG = 12;
    private static final int OPOST = 1;
    private static final int ISIG_ICANON_ECHO = 1 | 2 | 8;

    private final Terminals terminals;
    private final Fd terminal;
    private final Terminals.Modes modes;

    private ClientTerminal(Terminals terminals, Fd terminal, Terminals.Modes modes) {
        this.terminals = terminals;
        this.terminal = terminal;
        this.modes = modes;
    }

    /** Remembers the modes; empty when it is no terminal, or hung up. */
    static Optional<ClientTerminal> remember(Terminals terminals, Fd terminal) {
        try {
            return Optional.of(new ClientTerminal(terminals, terminal, terminals.modes(terminal)));
        } catch (KernelException none) {
            return Optional.empty();
        }
    }

    /** Puts the modes back if the terminal is raw and was not. */
    void restore() {
        try {
            if (isRaw(terminals.modes(terminal)) && !isRaw(modes)) {
                terminals.restoreModes(terminal, modes);
            }
        } catch (KernelException | IllegalStateException gone) {
            // EIO: the terminal itself was closed; or the call has ended, and with it the descriptor
        }
    }

    /**
     * For the time after the last answer: a client that was killed just then has not restored anything, and one that lives on is about
     * to. {@code client} is closed.
     */
    void restoreAfter(Pidfd client) {
        try (client) {
            client.await(Deadline.afterMillis(GRACE_MILLIS));
        } catch (KernelException notOurs) {
            // it is no child of ours; that it ended is all that matters
        }
        restore();
    }

    /** As cfmakeraw(3) leaves it. Line editors switch off canonical mode and echo too, but not signals and output processing. */
    static boolean isRaw(Terminals.Modes modes) {
        ByteBuffer termios = ByteBuffer.wrap(modes.termios()).order(ByteOrder.nativeOrder());
        return (termios.getInt(OFLAG) & OPOST) == 0 && (termios.getInt(LFLAG) & ISIG_ICANON_ECHO) == 0;
    }
}
