package overlayd.subhost;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.Seccomp;
import overlayd.kernel.SyscallFilter;

/** Programs of system call filters, each made once and kept: most subhosts have the same. Any thread. */
final class Filters {
    /** One made program: its bytes, and a sealed memory file of them that stays open. */
    record Program(byte[] bytes, Fd file) {
    }

    private final Seccomp seccomp;
    private final Pipes pipes;
    private final Map<SyscallFilter, Program> made = new ConcurrentHashMap<>();
    /** The default profile's is one object: nearly every boot asks for it, and to compare its hundred rules costs more than all else here. */
    private volatile Made last = new Made(null, null);

    private record Made(SyscallFilter filter, Program program) {
    }

    Filters(Seccomp seccomp, Pipes pipes) {
        this.seccomp = seccomp;
        this.pipes = pipes;
    }

    /** The program; it stays ours. ENOENT: libseccomp is missing. */
    Program of(SyscallFilter filter) throws KernelException {
        Made before = last;
        if (before.filter() == filter) {
            return before.program();
        }
        Program program = made(filter);
        last = new Made(filter, program);
        return program;
    }

    private Program made(SyscallFilter filter) throws KernelException {
        Program known = made.get(filter);
        if (known != null) {
            return known;
        }
        byte[] bytes = seccomp.compile(filter);
        Program fresh = new Program(bytes, pipes.memoryFile("seccomp", bytes, Pipes.Sealing.SEALED));
        Program other = made.putIfAbsent(filter, fresh);
        if (other == null) {
            return fresh;
        }
        fresh.file().close();
        return other;
    }
}
