package overlayd.kernel.jna;

import com.sun.jna.Native;

/**
 * posix_spawn(3) of glibc, direct-mapped with longs for pointers. All of these return the errno itself, 0 for success.
 * addclosefrom_np is in glibc 2.34 and later.
 */
final class SpawnCalls {
    static {
        Native.register(SpawnCalls.class, Libc.FILE);
    }

    private SpawnCalls() {
    }

    static native int posix_spawn(long pid, long path, long actions, long attributes, long argv, long envp);

    static native int posix_spawn_file_actions_init(long actions);

    static native int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    static native int posix_spawn_file_actions_addclose(long actions, int number);

    static native int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

    static native int posix_spawn_file_actions_addopen(long actions, int number, long path, int flags, int mode);

    static native int posix_spawn_file_actions_addchdir_np(long actions, long path);

    static native int posix_spawn_file_actions_destroy(long actions);

    static native int posix_spawnattr_init(long attributes);

    static native int posix_spawnattr_setflags(long attributes, short flags);

    static native int posix_spawnattr_setsigdefault(long attributes, long set);

    static native int posix_spawnattr_setsigmask(long attributes, long set);

    static native int posix_spawnattr_destroy(long attributes);

    static native int sigfillset(long set);
}
