package overlayd.kernel;

import java.util.Optional;

/** Pipes, memory files, and whole reads and writes of any descriptor. Any thread; blocking unless said otherwise. */
public interface Pipes {
    /** pipe2(2). */
    record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {
        @Override
        public void close() {
            readEnd.close();
            writeEnd.close();
        }
    }

    /** Whether later writes to a memory file are refused by the kernel (F_SEAL_WRITE, GROW, SHRINK, SEAL). */
    enum Sealing { SEALED, OPEN }

    /** A new pipe, both ends close-on-exec. EMFILE. */
    Pipe pipe() throws KernelException;

    /** memfd_create(2) holding {@code content}, offset 0. {@code name} shows in /proc/PID/fd. */
    Fd memoryFile(String name, byte[] content, Sealing sealing) throws KernelException;

    /** write(2) until everything is written. EPIPE (the JVM ignores SIGPIPE), ENOSPC. */
    void writeAll(Fd fd, byte[] bytes) throws KernelException;

    /** read(2) until end of file. EFBIG: more than {@code limit} bytes came. */
    byte[] readAll(Fd fd, int limit) throws KernelException;

    /** All of a memory file or regular file from its beginning, wherever its offset is (pread(2)). EFBIG: more than {@code limit} bytes. */
    byte[] contents(Fd fd, int limit) throws KernelException;

    /** One read(2) of at most {@code limit} bytes, after waiting for it. Length 0 is end of file; empty: the deadline passed. */
    Optional<byte[]> read(Fd fd, int limit, Deadline deadline) throws KernelException;

    /** Has the kernel copy at most {@code most} bytes from where {@code from}, a regular file, stands. 0: its end (sendfile(2)). ENOSPC, EDQUOT. */
    long transfer(Fd from, Fd to, int most) throws KernelException;

    /** A second descriptor of the same open file, close-on-exec (F_DUPFD_CLOEXEC). */
    Fd duplicate(Fd fd) throws KernelException;

    /** Takes ownership of a number that came from elsewhere (inherited, or received by a library); sets close-on-exec. EBADF. */
    Fd own(int number) throws KernelException;
}
