package overlayd.subhost;

/** Hears of a boot's or stop's course as it happens. Called on the subhost's lane; must not block for long. */
public interface Progress {
    /** A Progress that nobody listens to. */
    Progress SILENT = new Progress() {
    };

    /** A service is being started or stopped. */
    default void service(String service, String verb) {
    }

    /** A service's script ended. @param status its exit status; 124 when it took too long */
    default void serviceDone(String service, String verb, int status) {
    }

    /** Something was tolerated that the user should know. */
    default void warning(String text) {
    }
}
