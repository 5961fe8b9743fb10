package overlayd.command;

import java.util.Optional;
import overlayd.failure.Absence;
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
            complain(command, reference, Absence.UNKNOWN);
        }
        return named;
    }

    /** The same, which has been booted since the host's start; where it was not, {@code command} says so. */
    Optional<Locator.Named> booted(Locator locator, String command, String reference) {
        Optional<Locator.Named> named = known(locator, command, reference);
        named.filter(found -> found.booted().isEmpty())
                .ifPresent(found -> complain(command, found.name(), Absence.notBooted(reference)));
        return named.filter(found -> found.booted().isPresent());
    }
}
