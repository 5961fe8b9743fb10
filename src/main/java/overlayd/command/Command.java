package overlayd.command;

import overlayd.subject.UsageException;

/** One command: what it takes, and what it does. Serves several clients at once. */
interface Command {
    /** What it takes. */
    Model model();

    /**
     * Does it; messages are written to the console.
     *
     * @return the exit status
     * @throws UsageException when the words do not go together; nothing has been done
     */
    int run(Given given, Invocation invocation) throws UsageException;

    /** What a wrong command line exits with. */
    default ExitCode usageCode() {
        return ExitCode.USAGE;
    }
}
