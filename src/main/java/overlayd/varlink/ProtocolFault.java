package overlayd.varlink;

/** The peer does not speak Varlink: nothing sensible can be answered, the connection is closed. */
final class ProtocolFault extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolFault(String what) {
        super(what, null, false, false);
    }
}
