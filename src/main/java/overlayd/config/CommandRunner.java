package overlayd.config;

/** Runs the {@code !command} of a value; given by the caller, since this room touches nothing. */
@FunctionalInterface
public interface CommandRunner {
    /**
     * Runs it within HOOK_TIMEOUT, its standard error going to the client and the log.
     *
     * @return the first line it printed, or why there is none
     */
    Output run(ValueCommand command);

    /** What came of it. */
    sealed interface Output {}

    /**
     * It ended with status 0.
     *
     * @param text the first line of its output without the line feed, from {@link ByteText#decode}; an empty line is an
     *             empty value and means the default, no output at all is a {@link Failed}
     */
    record FirstLine(String text) implements Output {}

    /**
     * It gave no value.
     *
     * @param why    for instance {@code exit status 1}, {@code no such program}, {@code nothing printed}
     * @param remedy may be empty
     */
    record Failed(String why, String remedy) implements Output {}
}
