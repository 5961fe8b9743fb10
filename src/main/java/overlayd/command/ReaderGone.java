package overlayd.command;

/** Whoever read the command's standard output has closed it: the command ends, with status 141 as if by SIGPIPE. */
final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReaderGone(String why) {
        super(why, null, false, false);
    }
}
