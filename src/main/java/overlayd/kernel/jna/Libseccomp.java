package overlayd.kernel.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.Seccomp;
import overlayd.kernel.SyscallFilter;

/** {@link Seccomp} by libseccomp (seccomp_init(3) and its kin). */
final class Libseccomp implements Seccomp {
    /** 4096 instructions of 8 bytes, the kernel's limit. */
    private static final int LONGEST_PROGRAM = 32_768;
    // seccomp.h; not in Abi, whose test compares with headers that every build has
    private static final int SCMP_ACT_ALLOW = 0x7fff0000;
    private static final int SCMP_ACT_ERRNO = 0x00050000;
    private static final int SCMP_FLTATR_ACT_BADARCH = 2;
    private static final int SCMP_FLTATR_CTL_NNP = 3;
    private static final int SCMP_FLTATR_CTL_OPTIMIZE = 8;
    private static final int SCMP_CMP_MASKED_EQ = 7;
    private static final int NR_SCMP_ERROR = -1;
    private static final int COMPARISON_SIZE = 24;

    private final Pipes pipes;

    Libseccomp(Pipes pipes) {
        this.pipes = pipes;
    }

    @Override
    public boolean available() {
        return Calls.AVAILABLE;
    }

    @Override
    public boolean knows(String call) {
        try (Arena arena = new Arena()) {
            return !available() || Calls.seccomp_syscall_resolve_name(arena.text(call)) != NR_SCMP_ERROR;
        }
    }

    @Override
    public byte[] compile(SyscallFilter filter) throws KernelException {
        if (!available()) {
            throw new KernelException("load", Calls.LIBRARY, Errno.ENOENT, "libseccomp is not installed");
        }
        long context = Calls.seccomp_init(SCMP_ACT_ALLOW);
        if (context == 0) {
            throw new KernelException("make system call filter", "", Errno.ENOMEM);
        }
        try (Arena arena = new Arena(); Fd program = pipes.memoryFile("seccomp", new byte[0], Pipes.Sealing.OPEN)) {
            check("NNP", Calls.seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0));
            check("BADARCH", Calls.seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, error(Errno.ENOSYS)));
            // A tree instead of a list: calls whose arguments are looked at, as ioctl, are not in the kernel's cache of allowed ones.
            check("OPTIMIZE", Calls.seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2));
            for (SyscallFilter.Rule rule : filter.rules()) {
                add(context, rule, arena);
            }
            check("export", Calls.seccomp_export_bpf(context, program.number()));
            return pipes.contents(program, LONGEST_PROGRAM);
        } finally {
            Calls.seccomp_release(context);
        }
    }

    private static void add(long context, SyscallFilter.Rule rule, Arena arena) throws KernelException {
        int number = Calls.seccomp_syscall_resolve_name(arena.text(rule.name()));
        if (number < 0) {
            return; // not a call of this machine, or younger than the library: the kernel's own ENOSYS or its capability check answers
        }
        long comparison = rule.only().map(match -> comparison(arena, match)).orElse(0L);
        check(rule.name(), Calls.seccomp_rule_add_array(context, error(rule.answer()), number, comparison == 0 ? 0 : 1, comparison));
    }

    /** A struct scmp_arg_cmp: unsigned arg, enum op, uint64_t datum_a (the mask), datum_b (the value). */
    private static long comparison(Arena arena, SyscallFilter.Match match) {
        Pointer comparison = arena.zeroed(COMPARISON_SIZE);
        comparison.setInt(0, match.argument());
        comparison.setInt(4, SCMP_CMP_MASKED_EQ);
        comparison.setLong(8, match.mask());
        comparison.setLong(16, match.value());
        return Libc.address(comparison);
    }

    private static int error(Errno errno) {
        return SCMP_ACT_ERRNO | errno.number();
    }

    private static void check(String what, int result) throws KernelException {
        if (result < 0) {
            throw new KernelException("make system call filter", what, Errno.of(-result));
        }
    }

    /** The library, direct-mapped with longs for pointers; all but the first answer 0 or a negative errno. */
    private static final class Calls {
        static final String LIBRARY = "libseccomp.so.2";
        static final boolean AVAILABLE = load();

        private Calls() {
        }

        private static boolean load() {
            try {
                Native.register(Calls.class, LIBRARY);
                return true;
            } catch (UnsatisfiedLinkError missing) {
                return false;
            }
        }

        static native long seccomp_init(int action);

        static native int seccomp_attr_set(long context, int attribute, int value);

        static native int seccomp_syscall_resolve_name(long name);

        static native int seccomp_rule_add_array(long context, int action, int number, int count, long comparisons);

        static native int seccomp_export_bpf(long context, int fd);

        static native void seccomp_release(long context);
    }
}
