package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;

/** {@link Pipes} by pipe2, memfd_create, read, write. */
final class LinuxPipes implements Pipes {
    private static final int CHUNK = 65_536;

    @Override
    public Pipe pipe() throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer ends = arena.zeroed(8);
            Libc.call("make pipe", "", SyscallNumber.PIPE2, Libc.address(ends), Abi.O_CLOEXEC);
            return new Pipe(Libc.own(ends.getInt(0)), Libc.own(ends.getInt(4)));
        }
    }

    @Override
    public Fd memoryFile(String name, byte[] content, Sealing sealing) throws KernelException {
        Fd fd;
        try (Arena arena = new Arena()) {
            fd = Libc.open("make memory file", name, SyscallNumber.MEMFD_CREATE, arena.text(name),
                    Abi.MFD_CLOEXEC | Abi.MFD_ALLOW_SEALING);
        }
        try {
            writeAll(fd, content);
            Libc.call("rewind", name, SyscallNumber.LSEEK, fd.number(), 0, 0);
            if (sealing == Sealing.SEALED) {
                Libc.call("seal memory file", name, SyscallNumber.FCNTL, fd.number(), Abi.F_ADD_SEALS,
                        Abi.F_SEAL_SEAL | Abi.F_SEAL_SHRINK | Abi.F_SEAL_GROW | Abi.F_SEAL_WRITE);
            }
            return fd;
        } catch (KernelException failure) {
            fd.close();
            throw failure;
        }
    }

    @Override
    public void writeAll(Fd fd, byte[] bytes) throws KernelException {
        try (Arena arena = new Arena()) {
            Pointer memory = arena.bytes(bytes);
            for (long done = 0; done < bytes.length; ) {
                done += Libc.call("write", fd, SyscallNumber.WRITE, fd.number(), Libc.address(memory) + done, bytes.length - done);
            }
        }
    }

    @Override
    public byte[] readAll(Fd fd, int limit) throws KernelException {
        return all(fd, limit, (memory, wanted, offset) -> Libc.call("read", fd, SyscallNumber.READ, fd.number(), memory, wanted));
    }

    @Override
    public byte[] contents(Fd fd, int limit) throws KernelException {
        return all(fd, limit, (memory, wanted, offset) -> Libc.call("read", fd, SyscallNumber.PREAD64, fd.number(), memory, wanted, offset));
    }

    /** One read into native memory; how many bytes came. */
    private interface Reading {
        long read(long memory, long wanted, long offset) throws KernelException;
    }

    private static byte[] all(Fd fd, int limit, Reading reading) throws KernelException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Arena arena = new Arena()) {
            Pointer memory = arena.room(Math.min(CHUNK, limit + 1L));
            while (true) {
                long count = reading.read(Libc.address(memory), Math.min(CHUNK, limit + 1L - out.size()), out.size());
                if (count == 0) {
                    return out.toByteArray();
                }
                out.writeBytes(memory.getByteArray(0, (int) count));
                if (out.size() > limit) {
                    throw new KernelException("read", fd, Errno.EFBIG, "more than " + limit + " bytes");
                }
            }
        }
    }

    @Override
    public Optional<byte[]> read(Fd fd, int limit, Deadline deadline) throws KernelException {
        if (!Poll.readable(fd, deadline)) {
            return Optional.empty();
        }
        try (Arena arena = new Arena()) {
            Pointer memory = arena.room(limit);
            long count = Libc.call("read", fd, SyscallNumber.READ, fd.number(), Libc.address(memory), limit);
            return Optional.of(memory.getByteArray(0, (int) count));
        }
    }

    @Override
    public Fd duplicate(Fd fd) throws KernelException {
        return Libc.open("duplicate", fd, SyscallNumber.FCNTL, fd.number(), Abi.F_DUPFD_CLOEXEC, 3);
    }

    @Override
    public Fd own(int number) throws KernelException {
        long flags = Libc.call("take over", "fd " + number, SyscallNumber.FCNTL, number, Abi.F_GETFD);
        Libc.call("take over", "fd " + number, SyscallNumber.FCNTL, number, Abi.F_SETFD, flags | Abi.FD_CLOEXEC);
        return Libc.own(number);
    }

    @Override
    public long transfer(Fd from, Fd to, int most) throws KernelException {
        return Libc.call("copy", from, SyscallNumber.SENDFILE, to.number(), from.number(), 0, most);
    }
}
