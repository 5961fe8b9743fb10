package overlayd.report;

/**
 * The command's standard output takes no more, and the command ends: with status 141 as if by SIGPIPE where its reader has closed it, with
 * that of a failed step where it is a file on a full disk, which has been told.
 */
public final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean failed;

    public ReaderGone(String why) {
        this(why, false);
    }

    /** @param failed for another reason than that nobody reads any more */
    public ReaderGone(String why, boolean failed) {
        super(why, null, false, false);
        this.failed = failed;
    }

    /** Whether that is a failure, and not a reader's wish. */
    public boolean hasFailed() {
        return failed;
    }
}
