package overlayd.varlink;

/** What carries out those methods of org.overlayd.Subhost that have to do with a subhost's files and what they reach. */
public interface FileHandlers {
    /** What it has changed of what lies below. */
    void diff(Call call) throws VarlinkError, ClientGone;

    /** Takes all of that back. */
    void reset(Call call) throws VarlinkError, ClientGone;

    /** Files and trees between subhosts and the host. */
    void copy(Call call) throws VarlinkError, ClientGone;

    /** What of the host its root can reach. */
    void audit(Call call) throws VarlinkError, ClientGone;

    /** Adds them to the registration table. */
    static Service.Builder on(Service.Builder table, FileHandlers handlers) {
        return table.on("Diff", handlers::diff)
            .on("Reset", handlers::reset)
            .on("Copy", handlers::copy)
            .on("Audit", handlers::audit);
    }
}
