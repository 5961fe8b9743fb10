package overlayd.varlink;

/** The client of a running call has closed its connection or does not read: whatever is still sent is lost. */
public final class ClientGone extends Exception {
    private static final long serialVersionUID = 1L;

    ClientGone(String why) {
        super(why);
    }
}
