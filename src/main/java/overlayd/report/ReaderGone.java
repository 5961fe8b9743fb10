package overlayd.report;

/** Whoever read the command's standard output has closed it: the command ends, with status 141 as if by SIGPIPE. */
public final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ReaderGone(String why) {
        super(why, null, false, false);
    }
}
