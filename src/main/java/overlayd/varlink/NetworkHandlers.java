package overlayd.varlink;

/** What carries out org.overlayd.Network: one method for each of the interface, which says what it takes and answers. */
public interface NetworkHandlers {
    /** Makes a bridge. */
    void create(Call call) throws VarlinkError, ClientGone;

    /** All of them. */
    void list(Call call) throws VarlinkError, ClientGone;

    /** Deletes one. */
    void delete(Call call) throws VarlinkError, ClientGone;

    /** The registration table. */
    static Service service(NetworkHandlers handlers) {
        return Service.of("org.overlayd.Network")
            .on("Create", handlers::create)
            .on("List", handlers::list)
            .on("Delete", handlers::delete)
            .build();
    }
}
