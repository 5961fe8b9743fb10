package overlayd.varlink;

/** What carries out org.overlayd.Subhost: one method for each of the interface, which says what it takes and answers. */
public interface SubhostHandlers {
    /** Boots and answers when ready; progress by {@link Call#replyContinues}. */
    void boot(Call call) throws VarlinkError, ClientGone;

    /** Stops in order and tidies up. */
    void stop(Call call) throws VarlinkError, ClientGone;

    /** One summary per subhost. */
    void list(Call call) throws VarlinkError, ClientGone;

    /** Context and runtime of one. */
    void status(Call call) throws VarlinkError, ClientGone;

    /** Where the time of its last boot went. */
    void blame(Call call) throws VarlinkError, ClientGone;

    /** The steps a boot would take. */
    void plan(Call call) throws VarlinkError, ClientGone;

    /** Problems of configuration files. */
    void check(Call call) throws VarlinkError, ClientGone;

    /** Runs a command inside; {@link Call#fd} standardInput, standardOutput, standardError. */
    void exec(Call call) throws VarlinkError, ClientGone;

    /** Lines of the log; the client asked for more. */
    void logs(Call call) throws VarlinkError, ClientGone;

    /** Shares a path of the host with a running one. */
    void share(Call call) throws VarlinkError, ClientGone;

    /** Takes a share off a running one. */
    void unshare(Call call) throws VarlinkError, ClientGone;

    /** The registration table; {@code live}, {@code files} and {@code sites} carry out the rest of the interface. */
    static Service service(SubhostHandlers handlers, LiveHandlers live, FileHandlers files, SiteHandlers sites) {
        return SiteHandlers.on(FileHandlers.on(LiveHandlers.on(Service.of("org.overlayd.Subhost"), live), files), sites)
            .on("Boot", handlers::boot)
            .on("Stop", handlers::stop)
            .on("List", handlers::list)
            .on("Status", handlers::status)
            .on("Blame", handlers::blame)
            .on("Plan", handlers::plan)
            .on("Check", handlers::check)
            .onWithFds("Exec", handlers::exec, "standardInput", "standardOutput", "standardError")
            .onMore("Logs", handlers::logs)
            .on("AddShare", handlers::share)
            .on("RemoveShare", handlers::unshare)
            .build();
    }
}
