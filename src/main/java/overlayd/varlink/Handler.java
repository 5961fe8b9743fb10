package overlayd.varlink;

/**
 * Carries out one method. Runs on the thread of the connection, may block as long as the method lasts, and has answered
 * ({@link Call#reply} or {@link Call#error}, or by throwing) before it returns. A {@code RuntimeException} is logged once and
 * becomes the interface's error InternalFailure.
 */
@FunctionalInterface
public interface Handler {
    /**
     * @throws VarlinkError to answer with that error
     * @throws ClientGone from {@link Call#replyContinues}, when there is nothing to tidy up
     */
    void handle(Call call) throws VarlinkError, ClientGone;
}
