package overlayd.config;

/**
 * A place in a configuration file.
 *
 * @param line   from 1
 * @param column from 1, counted in characters (code points; a byte that is not UTF-8 counts as one), a tab is one
 */
public record Position(int line, int column) {
    /** Where a problem of the file as a whole is reported. */
    public static final Position START = new Position(1, 1);

    public Position {
        if (line < 1 || column < 1) throw new IllegalArgumentException("lines and columns count from 1");
    }
}
