package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Terminals;

/** {@link Terminals} by ioctl. */
final class LinuxTerminals implements Terminals {
    /** struct termios of the kernel: 36 bytes on x86-64 and arm64 (asm-generic/termbits.h). */
    private static final int TERMIOS = 36;

    @Override
    public Pair open(Fd devpts) throws KernelException {
        try (Arena arena = new Arena()) {
            Fd master = Libc.open("open terminal in", devpts, SyscallNumber.OPENAT, devpts.number(), arena.text("ptmx"),
                    Abi.O_RDWR | Abi.O_NOCTTY | Abi.O_NOFOLLOW | Abi.O_CLOEXEC, 0);
            try {
                Libc.call("unlock terminal", devpts, SyscallNumber.IOCTL, master.number(), Abi.TIOCSPTLCK, Libc.address(arena.zeroed(8)));
                return new Pair(master, Libc.open("open terminal", devpts, SyscallNumber.IOCTL, master.number(), Abi.TIOCGPTPEER,
                        Abi.O_RDWR | Abi.O_NOCTTY | Abi.O_CLOEXEC));
            } catch (KernelException refused) {
                master.close();
                throw refused;
            }
        }
    }

    @Override
    public boolean isTerminal(Fd fd) {
        try (Arena arena = new Arena()) {
            return Libc.raw(SyscallNumber.IOCTL, fd.number(), Abi.TCGETS, Libc.address(arena.zeroed(64))) == 0;
        }
    }

    @Override
    public Modes modes(Fd fd) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer termios = arena.zeroed(64);
            Libc.call("read terminal modes of", fd, SyscallNumber.IOCTL, fd.number(), Abi.TCGETS, Libc.address(termios));
            return new Modes(termios.getByteArray(0, TERMIOS));
        }
    }

    @Override
    public void restoreModes(Fd fd, Modes modes) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer termios = arena.zeroed(64);
            termios.write(0, modes.termios(), 0, TERMIOS);
            Libc.call("restore terminal modes of", fd, SyscallNumber.IOCTL, fd.number(), Abi.TCSETS, Libc.address(termios));
        }
    }

    @Override
    public Size size(Fd fd) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer size = arena.zeroed(8);
            Libc.call("read terminal size of", fd, SyscallNumber.IOCTL, fd.number(), Abi.TIOCGWINSZ, Libc.address(size));
            return new Size(Short.toUnsignedInt(size.getShort(0)), Short.toUnsignedInt(size.getShort(2)));
        }
    }

    @Override
    public void resize(Fd fd, Size size) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer cells = arena.zeroed(8);
            cells.setShort(0, (short) size.rows());
            cells.setShort(2, (short) size.columns());
            Libc.call("resize terminal", fd, SyscallNumber.IOCTL, fd.number(), Abi.TIOCSWINSZ, Libc.address(cells));
        }
    }
}
