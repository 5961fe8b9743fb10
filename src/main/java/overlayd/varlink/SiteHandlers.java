package overlayd.varlink;

/** What carries out those methods of org.overlayd.Subhost that make a subhost's directories and configuration file, and take them away. */
public interface SiteHandlers {
    /** Makes them. */
    void create(Call call) throws VarlinkError, ClientGone;

    /** Takes them away, or says what would be. */
    void remove(Call call) throws VarlinkError, ClientGone;

    /** Mounts a disk in a file for the boot whose configuration's program calls. */
    void mountDisk(Call call) throws VarlinkError, ClientGone;

    /** Adds them to the registration table. */
    static Service.Builder on(Service.Builder table, SiteHandlers handlers) {
        return table.on("Create", handlers::create)
            .on("Remove", handlers::remove)
            .on("MountDisk", handlers::mountDisk);
    }
}
