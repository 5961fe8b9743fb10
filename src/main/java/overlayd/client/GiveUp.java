package overlayd.client;

/** The client ends with this status and one line. */
final class GiveUp extends Exception {
    static final int UNREACHABLE = 69;
    static final int FAILED = 70;
    static final int NOT_PERMITTED = 77;
    private static final long serialVersionUID = 1L;

    private final int status;

    GiveUp(int status, String line) {
        super(line, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
