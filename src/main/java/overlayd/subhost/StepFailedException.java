package overlayd.subhost;

/** A step of a boot did not succeed; what was done before it is still to be undone. */
final class StepFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    StepFailedException(Failure failure, Throwable cause) {
        super(failure.text(), cause);
        this.failure = failure;
    }

    Failure failure() {
        return failure;
    }
}
