package overlayd.varlink;

/** What carries out org.overlayd.Trial: one method for each of the interface, which says what it takes and answers. */
public interface TrialHandlers {
    /** Runs a command; {@link Call#fd} standardInput, standardOutput, standardError. */
    void run(Call call) throws VarlinkError, ClientGone;

    /** All of them. */
    void list(Call call) throws VarlinkError, ClientGone;

    /** What one would change. */
    void diff(Call call) throws VarlinkError, ClientGone;

    /** Carries its changes over. */
    void apply(Call call) throws VarlinkError, ClientGone;

    /** Takes back what was carried over. */
    void undo(Call call) throws VarlinkError, ClientGone;

    /** Forgets it. */
    void drop(Call call) throws VarlinkError, ClientGone;

    /** The registration table. */
    static Service service(TrialHandlers handlers) {
        return Service.of("org.overlayd.Trial")
            .onWithFds("Run", handlers::run, "standardInput", "standardOutput", "standardError")
            .on("List", handlers::list)
            .on("Diff", handlers::diff)
            .on("Apply", handlers::apply)
            .on("Undo", handlers::undo)
            .on("Drop", handlers::drop)
            .build();
    }
}
