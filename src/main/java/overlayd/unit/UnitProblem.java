package overlayd.unit;

/** Why a unit cannot be run without systemd; the message is one sentence without full stop. */
public final class UnitProblem extends Exception {
    private static final long serialVersionUID = 1L;

    UnitProblem(String message) {
        super(message);
    }
}
