package overlayd.config;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** One row of {@link ConfigKey}, written as a sentence: {@code row(SEED, SIZE, "…").byDefault("50M").example("10%")}. */
record KeyRow(Origin origin, ValueKind kind, String doc, Optional<String> defaultText, String defaultShown,
        String example, Set<Mark> marks) {

    enum Mark { INNER_COMMAND, REPEATABLE, NO_COMMAND, HOST_WIDE, HOST_ONLY }

    static KeyRow row(Origin origin, ValueKind kind, String doc) {
        return new KeyRow(origin, kind, doc, Optional.empty(), "", "", EnumSet.noneOf(Mark.class));
    }

    /** A key of ours that is planned: known to the speller, refused by the reader. */
    static KeyRow later(String doc) {
        return row(Origin.OURS, ValueKind.LATER, doc);
    }

    /** A default that can be written as a value. */
    KeyRow byDefault(String text) {
        return new KeyRow(origin, kind, doc, Optional.of(text), text.isEmpty() ? "empty" : text, example, marks);
    }

    /** A default that only words can tell. */
    KeyRow computed(String words) {
        return new KeyRow(origin, kind, doc, Optional.empty(), words, example, marks);
    }

    KeyRow example(String value) {
        return new KeyRow(origin, kind, doc, defaultText, defaultShown, value, marks);
    }

    KeyRow repeatable() {
        return with(Mark.REPEATABLE);
    }

    KeyRow noCommand() {
        return with(Mark.NO_COMMAND);
    }

    KeyRow innerCommand() {
        return noCommand().with(Mark.INNER_COMMAND);
    }

    KeyRow hostWide() {
        return with(Mark.HOST_WIDE);
    }

    /** Of the daemon, not of a subhost: in overlayd.conf alone. */
    KeyRow hostOnly() {
        return with(Mark.HOST_WIDE).with(Mark.HOST_ONLY);
    }

    private KeyRow with(Mark mark) {
        Set<Mark> more = EnumSet.copyOf(marks);
        more.add(mark);
        return new KeyRow(origin, kind, doc, defaultText, defaultShown, example, more);
    }
}
