package overlayd.failure;

/** What is said of a name that stands for no subhost, or for none that is there: by everyone in the same words. */
public final class Absence {
    /** Neither a subhost nor a configuration file is called so. */
    public static final String UNKNOWN = "no subhost of this name is known";

    private Absence() {
    }

    /** It has a configuration file at best. @param reference how the user calls it */
    public static String notBooted(String reference) {
        return "was not booted since the host's start; boot it: overlay-boot " + reference;
    }

    /** It has been booted, and is {@code state} by now. */
    public static String notRunning(String state, String reference) {
        return "is " + state + ", not running; boot it: overlay-boot " + reference;
    }
}
