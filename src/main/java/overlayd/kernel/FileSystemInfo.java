package overlayd.kernel;

import java.util.Set;

/**
 * The file system under a path, from statfs(2).
 *
 * @param magic f_type
 * @param flags mount flags ST_*
 */
public record FileSystemInfo(long magic, long flags) {
    public static final long OVERLAY = 0x794c7630L;
    public static final long TMPFS = 0x01021994L;
    public static final long PROC = 0x9fa0L;
    public static final long SYSFS = 0x62656572L;
    public static final long DEVPTS = 0x1cd1L;
    public static final long CGROUP2 = 0x63677270L;
    public static final long NSFS = 0x6e736673L;
    private static final Set<Long> NETWORK = Set.of(0x6969L, 0xff534d42L, 0xfe534d42L, 0x65735546L, 0x01021997L);
    private static final long ST_RDONLY = 1;

    /** Mounted read-only. */
    public boolean readOnly() {
        return (flags & ST_RDONLY) != 0;
    }

    /** NFS, CIFS, FUSE, 9p: file systems overlayfs takes no upperdir on. */
    public boolean remote() {
        return NETWORK.contains(magic);
    }
}
