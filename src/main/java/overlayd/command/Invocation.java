package overlayd.command;

import java.util.Optional;
import overlayd.subject.Locator;
import overlayd.subject.Shown;

/** One run of one command: who asked, with which words, where it may write. */
record Invocation(Arguments arguments, Console console, Client client) {
    /** An error or warning: {@code COMMAND: [SUBJECT: ]text}; further lines of the text stand as they are. */
    void complain(String command, String subject, String text) {
        console.err(Shown.of(command + ": " + (subject.isEmpty() ? "" : subject + ": ") + text) + "\n");
    }

    /** The subhost meant by the operand {@code reference}; where none is, {@code command} says so. */
    Optional<Locator.Named> known(Locator locator, String command, String reference) {
        Optional<Locator.Named> named = locator.subhost(reference, arguments.workingDirectory());
        if (named.isEmpty()) {
            complain(command, reference, "no subhost of this name is known");
        }
        return named;
    }
}
