package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Child;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Signal;
import overlayd.kernel.Spawn;
import overlayd.kernel.SpawnRequest;

/** {@link Spawn} by posix_spawn(3), which is clone(CLONE_VM | CLONE_VFORK): only the calling thread waits, whatever the heap's size. */
final class LinuxSpawn implements Spawn {
    private static final short FLAGS =
            (short) (Abi.POSIX_SPAWN_SETSIGDEF | Abi.POSIX_SPAWN_SETSIGMASK | Abi.POSIX_SPAWN_SETSID);

    @Override
    public Child spawn(SpawnRequest request) throws KernelException {
        List<Fd> copies = new ArrayList<>();
        try (Arena arena = new Arena()) {
            long actions = Libc.address(arena.zeroed(Abi.posix_spawn_file_actions_t_size));
            long attributes = Libc.address(arena.zeroed(Abi.posix_spawnattr_t_size));
            SpawnCalls.posix_spawn_file_actions_init(actions);
            SpawnCalls.posix_spawnattr_init(attributes);
            try {
                describe(request, arena, actions, attributes, copies);
                return start(request, arena, actions, attributes);
            } finally {
                SpawnCalls.posix_spawnattr_destroy(attributes);
                SpawnCalls.posix_spawn_file_actions_destroy(actions);
            }
        } finally {
            copies.forEach(Fd::close);
        }
    }

    private static void describe(SpawnRequest request, Arena arena, long actions, long attributes, List<Fd> copies)
            throws KernelException {
        Pointer all = arena.zeroed(Abi.sigset_t_size);
        SpawnCalls.sigfillset(Libc.address(all));
        SpawnCalls.posix_spawnattr_setflags(attributes, FLAGS);
        SpawnCalls.posix_spawnattr_setsigdefault(attributes, Libc.address(all));
        SpawnCalls.posix_spawnattr_setsigmask(attributes, Libc.address(arena.zeroed(Abi.sigset_t_size)));
        int highest = Math.max(2, request.descriptors().keySet().stream().mapToInt(Integer::intValue).max().orElse(2));
        long nowhere = arena.text("/dev/null");
        for (int number = 0; number <= highest; number++) {
            Fd source = request.descriptors().get(number);
            if (source != null) {
                // Copied above every target first, else a dup2 could overwrite the source of a later one.
                Fd copy = Libc.open("spawn", request.program(), SyscallNumber.FCNTL, source.number(), Abi.F_DUPFD_CLOEXEC,
                        highest + 1);
                copies.add(copy);
                check(request, SpawnCalls.posix_spawn_file_actions_adddup2(actions, copy.number(), number));
            } else if (number <= 2) {
                check(request, SpawnCalls.posix_spawn_file_actions_addopen(actions, number, nowhere, Abi.O_RDWR, 0));
            } else {
                check(request, SpawnCalls.posix_spawn_file_actions_addclose(actions, number));
            }
        }
        if (!request.directory().isEmpty()) {
            check(request, SpawnCalls.posix_spawn_file_actions_addchdir_np(actions, arena.text(request.directory())));
        }
        // Last, and never left out: the JVM's own descriptors are not close-on-exec.
        check(request, SpawnCalls.posix_spawn_file_actions_addclosefrom_np(actions, highest + 1));
    }

    private static Child start(SpawnRequest request, Arena arena, long actions, long attributes) throws KernelException {
        Pointer pid = arena.zeroed(8);
        check(request, SpawnCalls.posix_spawn(Libc.address(pid), arena.text(request.program()), actions, attributes,
                arena.texts(request.arguments()), arena.texts(request.environment())));
        int number = pid.getInt(0);
        long pidfd = Libc.raw(SyscallNumber.PIDFD_OPEN, number, 0);
        if (pidfd == -1) {
            Errno errno = Libc.lastErrno();
            abandon(number, arena);
            throw new KernelException("start", request.program(), errno, "no descriptor for the new process");
        }
        // Our unreaped child: the number cannot have been given to another process yet.
        return new Child(number, new LinuxPidfd(Libc.own((int) pidfd), number));
    }

    /** A child nobody could wait for must not run on: killed and reaped by its number, which is ours until then. */
    private static void abandon(int pid, Arena arena) {
        Libc.raw(SyscallNumber.KILL, pid, Signal.KILL.number());
        Libc.raw(SyscallNumber.WAITID, Abi.P_PID, pid, Libc.address(arena.zeroed(Abi.siginfo_t_size)), Abi.WEXITED, 0);
    }

    private static void check(SpawnRequest request, int error) throws KernelException {
        if (error != 0) {
            throw new KernelException("start", request.program(), Errno.of(error));
        }
    }
}
