package overlayd.client;

import jnr.ffi.Pointer;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;

/**
 * Joins our terminal to one of a subhost: bytes both ways, window size, raw mode, which {@link #close} takes back. Two threads;
 * the master side is non-blocking, so that a full terminal does not keep us from emptying it.
 */
final class TerminalRelay implements AutoCloseable {
    private static final int CHUNK = 4096;
    // struct termios of the kernel (asm-generic/termbits.h): iflag, oflag, cflag, lflag, line, cc
    private static final int TERMIOS = 64;
    private static final int VTIME = 17 + 5;
    private static final int VMIN = 17 + 6;

    private final Machine machine;
    private final ClientCalls calls;
    private final Fd master;
    private final Fd end;
    private final byte[] saved;
    private final Thread output;
    private volatile boolean ended;

    private TerminalRelay(Machine machine, Fd master) throws GiveUp {
        this.machine = machine;
        this.calls = machine.calls();
        this.master = master;
        this.end = machine.own(calls.eventfd(0, ClientCalls.EFD_CLOEXEC), "eventfd");
        this.saved = modes();
        this.output = new Thread(this::show, "terminal-output");
    }

    /** Takes {@code master} over. */
    static TerminalRelay start(Machine machine, Fd master) throws GiveUp {
        machine.calls().fcntl(master.number(), ClientCalls.F_SETFL, ClientCalls.O_RDWR | ClientCalls.O_NONBLOCK);
        TerminalRelay relay = new TerminalRelay(machine, master);
        relay.refresh();
        Thread input = new Thread(relay::feed, "terminal-input");
        input.setDaemon(true);
        input.start();
        relay.output.setDaemon(true);
        relay.output.start();
        return relay;
    }

    /** Our terminal's modes, or null when descriptor 0 is none. */
    private byte[] modes() {
        Pointer termios = machine.memory(TERMIOS);
        if (calls.ioctl(0, ClientCalls.TCGETS, termios) != 0) {
            return null;
        }
        byte[] modes = new byte[TERMIOS];
        termios.get(0, modes, 0, TERMIOS);
        return modes;
    }

    /** Raw mode and window size again: at the start, when the window has changed, and when we were stopped. */
    void refresh() {
        if (saved != null) {
            Pointer raw = machine.memory(TERMIOS);
            raw.put(0, saved, 0, TERMIOS);
            // cfmakeraw(3): BRKINT…IXON; OPOST; CSIZE, PARENB → CS8; ECHO, ECHONL, ICANON, ISIG, IEXTEN
            raw.putInt(0, raw.getInt(0) & ~(01 | 02 | 010 | 040 | 0100 | 0200 | 0400 | 02000));
            raw.putInt(4, raw.getInt(4) & ~01);
            raw.putInt(8, raw.getInt(8) & ~(060 | 0400) | 060);
            raw.putInt(12, raw.getInt(12) & ~(010 | 0100 | 02 | 01 | 0100000));
            raw.putByte(VTIME, (byte) 0);
            raw.putByte(VMIN, (byte) 1);
            calls.ioctl(0, ClientCalls.TCSETS, raw);
        }
        Pointer size = machine.memory(8);
        if (master.isOpen() && (calls.ioctl(0, ClientCalls.TIOCGWINSZ, size) == 0 || calls.ioctl(1, ClientCalls.TIOCGWINSZ, size) == 0)) {
            calls.ioctl(master.number(), ClientCalls.TIOCSWINSZ, size);
        }
    }

    private void feed() {
        Pointer memory = machine.memory(CHUNK);
        byte[] bytes = new byte[CHUNK];
        while (!ended) {
            long count = calls.read(0, memory, CHUNK);
            if (count < 0 && machine.errno() == Errno.EAGAIN) { // somebody shares our terminal and made it non-blocking
                machine.await(0, ClientCalls.POLLIN);
                continue;
            }
            if (count < 0 && machine.errno() == Errno.EINTR) {
                continue;
            }
            if (count <= 0) {
                hangUp();
                return;
            }
            memory.get(0, bytes, 0, (int) count);
            if (ended || !machine.write(master.number(), bytes, (int) count)) {
                return;
            }
        }
    }

    /** Our own terminal is gone: the session learns it by the end of its own. */
    private void hangUp() {
        endOutput();
        try {
            output.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        master.close();
    }

    private void show() {
        Pointer memory = machine.memory(CHUNK);
        byte[] bytes = new byte[CHUNK];
        Pointer both = machine.memory(16);
        both.putInt(0, master.number());
        both.putShort(4, (short) ClientCalls.POLLIN);
        both.putInt(8, end.number());
        both.putShort(12, (short) ClientCalls.POLLIN);
        while (true) {
            long count = calls.read(master.number(), memory, CHUNK);
            if (count > 0) {
                memory.get(0, bytes, 0, (int) count);
                if (!machine.write(1, bytes, (int) count)) {
                    return;
                }
            } else if (count == 0 || machine.errno() != Errno.EAGAIN && machine.errno() != Errno.EINTR) {
                return; // EIO: the last process of the session has closed it
            } else if (ended) {
                return; // everything there was has been shown
            } else {
                calls.poll(both, 2, -1);
            }
        }
    }

    private void endOutput() {
        ended = true;
        Pointer one = machine.memory(8);
        one.putLong(0, 1);
        calls.write(end.number(), one, 8);
    }

    /** Returns when the session has closed its terminal. */
    void await() throws InterruptedException {
        output.join();
    }

    /** Shows what the command has written so far, then puts our terminal back. */
    void drain() throws InterruptedException {
        endOutput();
        output.join();
        close();
    }

    /** Puts our terminal back, whatever else goes on. */
    @Override
    public void close() {
        ended = true;
        if (saved != null) {
            Pointer modes = machine.memory(TERMIOS);
            modes.put(0, saved, 0, TERMIOS);
            calls.ioctl(0, ClientCalls.TCSETS, modes);
        }
    }
}
