package overlayd.kernel;

/** Everything overlayd asks of the kernel, by subject. One per daemon; {@code daemon.Main} makes it and hands it (or parts) in. */
public interface Kernel extends AutoCloseable {
    Namespaces namespaces();

    Spawn spawn();

    Processes processes();

    Sockets sockets();

    Events events();

    Pipes pipes();

    Terminals terminals();

    Files files();

    Locks locks();

    Mounts mounts();

    Cgroups cgroups();

    /** A new socket for the interfaces of the calling thread's netns: the host's, on any thread but a worker. The caller closes it. */
    Links openLinks() throws KernelException;

    /** The same for the interfaces in {@code netns}; goes there by a worker, so not from inside a job. */
    Links openLinks(Fd netns) throws KernelException;

    /** Ends the threads. Descriptors handed out stay open. */
    @Override
    void close();
}
