package overlayd.varlink;

/** What carries out org.overlayd.Layer: one method for each of the interface, which says what it takes and answers. */
public interface LayerHandlers {
    /** Keeps the state of a subhost. */
    void checkpoint(Call call) throws VarlinkError, ClientGone;

    /** Takes it back there. */
    void rollback(Call call) throws VarlinkError, ClientGone;

    /** All of them. */
    void list(Call call) throws VarlinkError, ClientGone;

    /** Removes one. */
    void delete(Call call) throws VarlinkError, ClientGone;

    /** Makes one of several. */
    void merge(Call call) throws VarlinkError, ClientGone;

    /** Compares a subhost with LOWER. */
    void drift(Call call) throws VarlinkError, ClientGone;

    /** The registration table. */
    static Service service(LayerHandlers handlers) {
        return Service.of("org.overlayd.Layer")
            .on("MakeCheckpoint", handlers::checkpoint)
            .on("Rollback", handlers::rollback)
            .on("ListCheckpoints", handlers::list)
            .on("DeleteCheckpoint", handlers::delete)
            .on("MergeCheckpoints", handlers::merge)
            .on("GetDrift", handlers::drift)
            .build();
    }
}
