package overlayd.subhost;

import java.nio.file.Path;
import java.util.OptionalInt;
import overlayd.kernel.Fd;
import overlayd.kernel.Locks;

/** Locks of files, over a {@link ModelHost}. */
final class ModelLocks implements Locks {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelLocks(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public boolean tryLock(Fd fd) {
        ModelHost.Open file = kernel.thing(ModelHost.Open.class, fd);
        ModelHost.Open holder = host.flocks.putIfAbsent(file.path, file);
        return holder == null || holder == file;
    }

    @Override
    public boolean tryLockShared(Fd fd) {
        return true;
    }

    @Override
    public void lock(Fd fd) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unlock(Fd fd) {
        host.flocks.values().remove(kernel.thing(fd));
    }

    @Override
    public boolean tryLockRange(Fd fd, long start, long length) {
        ModelHost.Open file = kernel.thing(ModelHost.Open.class, fd);
        ModelHost.Open holder = host.ranges.putIfAbsent(start + ":" + length, file);
        return holder == null || holder == file;
    }

    @Override
    public boolean isRangeFree(Fd fd, long start, long length) {
        return !host.ranges.containsKey(start + ":" + length);
    }

    @Override
    public OptionalInt writeLockOwner(Fd fd) {
        ModelHost.Process owner = host.monitorLocks.get(Path.of(kernel.thing(ModelHost.Open.class, fd).path).getParent());
        return owner == null ? OptionalInt.empty() : OptionalInt.of(owner.pid);
    }

    @Override
    public boolean tryWriteLock(Fd fd) {
        throw new UnsupportedOperationException();
    }
}
