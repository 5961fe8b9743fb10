package overlayd.subject;

/** The command line, or the environment it came with, cannot be understood; the message is for the user. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message, null, false, false);
    }
}
