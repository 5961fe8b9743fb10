package overlayd.command;

/** One run of one command: who asked, with which words, where it may write. */
record Invocation(Arguments arguments, Console console, Client client) {
    /** An error or warning: {@code COMMAND: [SUBJECT: ]text}; further lines of the text stand as they are. */
    void complain(String command, String subject, String text) {
        console.err(Shown.of(command + ": " + (subject.isEmpty() ? "" : subject + ": ") + text) + "\n");
    }
}
