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

    /** Ends the threads. Descriptors handed out stay open. */
    @Override
    void close();
}
