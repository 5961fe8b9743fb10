package overlayd.varlink;

/** What carries out org.overlayd.Group: one method for each of the interface, which says what it takes and answers. */
public interface GroupHandlers {
    /** Boots several; progress by {@link Call#replyContinues}. */
    void boot(Call call) throws VarlinkError, ClientGone;

    /** Stops several. */
    void stop(Call call) throws VarlinkError, ClientGone;

    /** Restarts several, and those that require them. */
    void restart(Call call) throws VarlinkError, ClientGone;

    /** In which order they would be booted. */
    void order(Call call) throws VarlinkError, ClientGone;

    /** The registration table. */
    static Service service(GroupHandlers handlers) {
        return Service.of("org.overlayd.Group")
            .on("Boot", handlers::boot)
            .on("Stop", handlers::stop)
            .on("Restart", handlers::restart)
            .on("Order", handlers::order)
            .build();
    }
}
