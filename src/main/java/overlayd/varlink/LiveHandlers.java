package overlayd.varlink;

/** What carries out those methods of org.overlayd.Subhost that have to do with subhosts that run. */
public interface LiveHandlers {
    /** Stops and boots in one transaction; progress by {@link Call#replyContinues}. */
    void restart(Call call) throws VarlinkError, ClientGone;

    /** Stops all processes. */
    void pause(Call call) throws VarlinkError, ClientGone;

    /** Lets them go on. */
    void resume(Call call) throws VarlinkError, ClientGone;

    /** Answers when it is in one of some states. */
    void await(Call call) throws VarlinkError, ClientGone;

    /** Each change of state; the client asked for more. */
    void subscribe(Call call) throws VarlinkError, ClientGone;

    /** Counters of what is used. */
    void stats(Call call) throws VarlinkError, ClientGone;

    /** Other limits. */
    void limit(Call call) throws VarlinkError, ClientGone;

    /** Adds them to the registration table. */
    static Service.Builder on(Service.Builder table, LiveHandlers handlers) {
        return table.on("Restart", handlers::restart)
            .on("Pause", handlers::pause)
            .on("Resume", handlers::resume)
            .on("Stats", handlers::stats)
            .on("SetLimits", handlers::limit)
            .on("Wait", handlers::await)
            .onMore("Subscribe", handlers::subscribe);
    }
}
