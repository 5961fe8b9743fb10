package overlayd.config;

/**
 * One line {@code KEY=value} of a known key.
 *
 * @param key     what is set
 * @param value   as written, without surrounding blanks and without the quotes around the whole; empty = the default
 * @param quoting the quotes that were taken off
 * @param at      where the key begins
 * @param valueAt where {@code value} begins, inside the quotes
 */
public record Assignment(ConfigKey key, String value, Quoting quoting, Position at, Position valueAt) {
    /** The pair of quotes around a whole value. */
    public enum Quoting {
        NONE,
        /** As in a shell, {@code $KEY} stays as it is. */
        SINGLE,
        DOUBLE
    }

    /** True for a value that begins with {@code !}. */
    public boolean isCommand() {
        return value.startsWith("!");
    }

    /** Where the character at this index of {@code text}, which is the value, stands in the file. */
    Position valueAt(String text, int index) {
        return new Position(valueAt.line(), valueAt.column() + text.codePointCount(0, index));
    }
}
