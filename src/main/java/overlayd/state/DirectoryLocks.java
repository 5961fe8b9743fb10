package overlayd.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;

/**
 * Locks that keep two subhosts, of whatever instance, from writing into one tree: exclusive on a directory, shared on every directory above
 * it, as its file system has them, whatever bind mount it was reached through. So neither the same directory nor one inside or around
 * another's can be taken. flock(2): held for as long as somebody has the descriptor, which is the monitor of a subhost, or a command that
 * wants no subhost on the directory meanwhile.
 *
 * <p>One object for the locks of one boot: it looks at the host's mounts once, and locks a directory that is above several of them once. Any
 * one host thread.
 */
public final class DirectoryLocks {
    private static final int MOUNTINFO_LIMIT = 64 << 20;
    /** A packet to the monitor takes 64 descriptors. Deeper directories are guarded by their nearest parents. */
    private static final int MOST_PARENTS = 16;

    private final Kernel kernel;
    private final Set<Path> above = new HashSet<>();
    private List<MountInfo> mounts = List.of();

    public DirectoryLocks(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Locks the directory that {@code fd} is. @throws KernelException EAGAIN */
    public void lock(String what, Path directory, Fd fd) throws KernelException {
        if (!kernel.locks().tryLock(fd)) {
            throw new KernelException(what, directory, Errno.EAGAIN, "another process holds its lock, or that of a directory inside it");
        }
    }

    /**
     * Opens and locks a directory for a command: itself only, for what lies above it is no matter of one that boots nothing there.
     *
     * @return the lock, the caller's to close; empty: somebody has it, or another directory has taken its place before it was locked
     */
    public static Optional<Fd> tryLock(Kernel kernel, Path directory) throws KernelException {
        Fd lock = kernel.files().openDirectory(ByteText.of(directory));
        boolean ours = false;
        try {
            ours = kernel.locks().tryLock(lock) && isAt(kernel, directory, lock);
        } finally {
            if (!ours) {
                lock.close();
            }
        }
        return ours ? Optional.of(lock) : Optional.empty();
    }

    /** Whether the directory that {@code fd} is still lies there: before it was locked, a checkpoint may have exchanged it. */
    public static boolean isAt(Kernel kernel, Path directory, Fd fd) throws KernelException {
        return kernel.files().target(ByteText.of(directory)).sameFile(kernel.files().identity(fd));
    }

    /** Locks the directories above, shared. @return their descriptors, the caller's to close. @throws KernelException EAGAIN */
    public List<Fd> lockParents(String what, Path directory, Fd fd) throws KernelException {
        List<Fd> locked = new ArrayList<>();
        try {
            List<Path> parents = parents(directory, fd);
            parents.removeAll(above);
            for (Path parent : parents) {
                Fd opened = kernel.files().openDirectory(ByteText.of(parent));
                locked.add(opened);
                if (!kernel.locks().tryLockShared(opened)) {
                    throw new KernelException(what, directory, Errno.EAGAIN, "it lies inside " + parent + ", which is in use by another subhost");
                }
            }
            above.addAll(parents);
            return locked;
        } catch (KernelException refused) {
            locked.forEach(Fd::close);
            throw refused;
        }
    }

    /** Paths, in our own mounts, of the directories above in its file system; nearest first. None for a mount that only the subhost has. */
    private List<Path> parents(Path directory, Fd fd) throws KernelException {
        FileIdentity self = kernel.files().identity(fd);
        if (mounts.isEmpty()) {
            mounts = MountInfo.parseAll(kernel.files().read("/proc/thread-self/mountinfo", MOUNTINFO_LIMIT));
        }
        Optional<MountInfo> mount = mounts.stream().filter(m -> m.id() == self.mountId()).findFirst();
        List<Path> parents = new ArrayList<>();
        if (mount.isEmpty()) {
            return parents;
        }
        Path inside;
        try {
            inside = ByteText.path(mount.get().root()).resolve(ByteText.path(mount.get().mountPoint()).relativize(directory.toRealPath())).normalize();
        } catch (IOException | IllegalArgumentException elsewhere) {
            return parents;
        }
        for (Path up = inside.getParent(); up != null && up.getParent() != null && parents.size() < MOST_PARENTS; up = up.getParent()) {
            visible(up, mount.get(), self.device()).ifPresent(parents::add);
        }
        return parents;
    }

    private Optional<Path> visible(Path inside, MountInfo like, long device) {
        for (MountInfo mount : mounts) {
            Path root = ByteText.path(mount.root());
            if (mount.device().equals(like.device()) && inside.startsWith(root)) {
                Path path = ByteText.path(mount.mountPoint()).resolve(root.relativize(inside)).normalize();
                try {
                    FileIdentity found = kernel.files().target(ByteText.of(path));
                    if (found.device() == device && found.mountId() == mount.id()) {
                        return Optional.of(path);
                    }
                } catch (KernelException hidden) {
                    // another mount lies over it
                }
            }
        }
        return Optional.empty();
    }
}
