package overlayd.kernel;

/** Terminal modes and sizes of a descriptor (ioctl_tty(2)). Any thread. */
public interface Terminals {
    /** The kernel's struct termios, opaque: only good for {@link #restoreModes}. */
    record Modes(byte[] termios) {
    }

    /** Character cells. */
    record Size(int rows, int columns) {
    }

    /** A new terminal: who holds the master sees what is written to the slave. */
    record Pair(Fd master, Fd slave) implements AutoCloseable {
        @Override
        public void close() {
            master.close();
            slave.close();
        }
    }

    /** A new terminal of the devpts instance mounted at {@code devpts}, controlling nobody. ENOENT: no ptmx in it; ENOSPC: too many. */
    Pair open(Fd devpts) throws KernelException;

    /** Whether it is a terminal. */
    boolean isTerminal(Fd fd);

    /** tcgetattr(3). ENOTTY; EIO: hung up. */
    Modes modes(Fd fd) throws KernelException;

    /** tcsetattr(3), at once (TCSANOW). ENOTTY; EIO: hung up. */
    void restoreModes(Fd fd, Modes modes) throws KernelException;

    /** TIOCGWINSZ. ENOTTY. */
    Size size(Fd fd) throws KernelException;

    /** TIOCSWINSZ; the foreground group gets SIGWINCH when it changes. ENOTTY. */
    void resize(Fd fd, Size size) throws KernelException;
}
