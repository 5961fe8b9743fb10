package overlayd.kernel;

/** Everything overlayd asks of the kernel, by subject. One per daemon; {@code daemon.Main} makes it and hands it (or parts) in. */
public interface Kernel extends AutoCloseable {
    /** Work in other namespaces, and pinned netns. */
    Namespaces namespaces();

    /** Starting processes. */
    Spawn spawn();

    /** Processes by pid and pidfd. */
    Processes processes();

    /** Control sockets to our own helpers. */
    Sockets sockets();

    /** The one thread that waits for everything. */
    Events events();

    /** Pipes, memory files, whole reads and writes. */
    Pipes pipes();

    /** Modes and sizes of terminals. */
    Terminals terminals();

    /** Files of the host, and trees that are not trusted. */
    Files files();

    /** Files with all that belongs to them. */
    Copies copies();

    /** File locks. */
    Locks locks();

    /** Mounting by descriptor, overlays among it. */
    Mounts mounts();

    /** Control groups; the hierarchies are those mounted when the kernel was opened. */
    Cgroups cgroups();

    /** Processes killed for want of memory. */
    OutOfMemory outOfMemory();

    /** Filters of system calls. */
    Seccomp seccomp();

    /** A new socket for the interfaces of the calling thread's netns: the host's, on any thread but a worker. The caller closes it. */
    Links openLinks() throws KernelException;

    /** The same for the interfaces in {@code netns}; goes there by a worker, so not from inside a job. */
    Links openLinks(Fd netns) throws KernelException;

    /** A new socket that hears of the interfaces of the host's netns; on any thread but a worker. The caller closes it. */
    LinkNotices openLinkNotices(LinkNotices.Kind kind) throws KernelException;

    /** A new socket for address translation in the host's netns; on any thread but a worker. The caller closes it. */
    Nat openNat() throws KernelException;

    /** Gives memory that native code of this process has freed back to the host (malloc_trim(3)); takes a few milliseconds. Nothing without glibc. */
    void trimHeap();

    /** Ends the threads. Descriptors handed out stay open. */
    @Override
    void close();
}
