package overlayd.kernel;

import java.util.OptionalInt;

/** File locks. flock(2) locks belong to the open file and go with SCM_RIGHTS; fcntl(2) locks belong to a process. Any thread. */
public interface Locks {
    /** flock(LOCK_EX | LOCK_NB). False: another open file holds it. Held until every copy of the descriptor is closed. */
    boolean tryLock(Fd fd) throws KernelException;

    /** flock(LOCK_SH | LOCK_NB). False: another open file holds it exclusively. */
    boolean tryLockShared(Fd fd) throws KernelException;

    /** flock(LOCK_EX): waits. Only for locks held for moments. */
    void lock(Fd fd) throws KernelException;

    /** flock(LOCK_UN). */
    void unlock(Fd fd) throws KernelException;

    /** The process that holds a POSIX write lock on the file (F_GETLK), other than ours. */
    OptionalInt writeLockOwner(Fd fd) throws KernelException;

    /**
     * F_OFD_SETLK of a write lock on {@code length} bytes from {@code start}, of a file opened for writing; there need be no such bytes.
     * It belongs to the open file as flock(2) locks do. False: another open file has a lock on one of them.
     */
    boolean tryLockRange(Fd fd, long start, long length) throws KernelException;

    /** Whether no other open file has a lock on one of {@code length} bytes from {@code start} (F_OFD_GETLK). */
    boolean isRangeFree(Fd fd, long start, long length) throws KernelException;

    /** F_SETLK of a write lock on the whole file. False: another process holds it. Closing any descriptor of the file drops it. */
    boolean tryWriteLock(Fd fd) throws KernelException;
}
