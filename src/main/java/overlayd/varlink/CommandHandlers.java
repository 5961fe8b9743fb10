package overlayd.varlink;

/** What carries out org.overlayd.Command. */
public interface CommandHandlers {
    /**
     * Runs one command line: {@link Call#fd} stdin, stdout, stderr, arguments; signals by {@link Call#onInterrupt}; the
     * terminal by {@link Call#replyContinues} ({@code terminal}: 0); last {@link Call#reply} with {@code exitStatus}.
     */
    void run(Call call) throws VarlinkError, ClientGone;

    /** The registration table. */
    static Service service(CommandHandlers handlers) {
        return Service.of("org.overlayd.Command")
            .onMoreWithFds("Run", handlers::run, "stdin", "stdout", "stderr", "arguments")
            // while a call runs the connection itself hands the signal over; here nothing runs, so nothing is to be done
            .on("Interrupt", call -> call.reply(Json.object()))
            .build();
    }
}
