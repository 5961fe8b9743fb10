package overlayd.kernel.jna;

import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import overlayd.kernel.Cable;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** The way to the kernel: a call through JNA, memory for its arguments, a refusal, a message of netlink. */
@State(Scope.Thread)
public class KernelBenchmark {
    private final Cable cable = new Cable("web0", new Fd(99, number -> { }), "eth0", Optional.of("br0"), Optional.of("02:00:00:00:00:07"), "overlayd-1/web");

    /** geteuid(2), which does nothing. */
    @Benchmark
    public long call() {
        return Libc.raw(SyscallNumber.GETEUID);
    }

    /** A path in native memory. */
    @Benchmark
    public long path() {
        try (Arena arena = new Arena()) {
            return arena.text("/var/lib/subhosts/web/root");
        }
    }

    /** The exception for a refusal. */
    @Benchmark
    public Exception refusal() {
        return new KernelException("open", "/var/lib/subhosts/web/root", Errno.ENOENT);
    }

    /** The message that makes a cable. */
    @Benchmark
    public Object cable() {
        return LinkMessages.cable(cable, 7);
    }
}
