package overlayd.image;

/** A partition table that cannot be followed; what is wrong is the message. */
public final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
        super(message);
    }
}
