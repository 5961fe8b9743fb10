package overlayd.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A piece of text that knows the column each character came from, also after {@code $KEY} was replaced.
 *
 * @param columns one more than characters: the last is where the text ends
 */
record Located(String text, int line, int[] columns) {

    /** Text that stands in the file as it is. */
    static Located inFile(String text, Position at) {
        int[] columns = new int[text.length() + 1];
        for (int i = 0, column = at.column(); i <= text.length(); i++) {
            columns[i] = column;
            boolean pairBegins = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
            if (!pairBegins) column++;
        }
        return new Located(text, at.line(), columns);
    }

    /** Text that comes from elsewhere (a default, a command) and is all of one place. */
    static Located allAt(String text, Position at) {
        int[] columns = new int[text.length() + 1];
        Arrays.fill(columns, at.column());
        return new Located(text, at.line(), columns);
    }

    Position at(int index) {
        return new Position(line, columns[index]);
    }

    Position at() {
        return at(0);
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    Located from(int begin) {
        return slice(begin, text.length());
    }

    Located slice(int begin, int end) {
        return new Located(text.substring(begin, end), line, Arrays.copyOfRange(columns, begin, end + 1));
    }

    /** Split at blanks; no word is empty. */
    List<Located> words() {
        List<Located> words = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && !ConfigParser.isBlank(text.charAt(i))) continue;
            if (i > begin) words.add(slice(begin, i));
            begin = i + 1;
        }
        return words;
    }

    /** Split at every colon that no backslash precedes; pieces may be empty, escapes ({@code \:}, {@code \\}) are taken off. */
    List<Located> atColons() {
        List<Located> pieces = new ArrayList<>();
        Writer piece = new Writer(line);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escape = c == '\\' && i + 1 < text.length() && (text.charAt(i + 1) == ':' || text.charAt(i + 1) == '\\');
            if (c == ':') {
                pieces.add(piece.end(columns[i]));
                piece = new Writer(line);
            } else {
                piece.put(escape ? text.charAt(++i) : c, columns[i]);
            }
        }
        pieces.add(piece.end(columns[text.length()]));
        return pieces;
    }

    /** Builds a text character by character. */
    static final class Writer {
        private final StringBuilder text = new StringBuilder();
        private final List<Integer> columns = new ArrayList<>();
        private final int line;

        Writer(int line) {
            this.line = line;
        }

        void put(char c, int column) {
            text.append(c);
            columns.add(column);
        }

        void put(String more, int column) {
            for (int i = 0; i < more.length(); i++) put(more.charAt(i), column);
        }

        Located end(int column) {
            columns.add(column);
            return new Located(text.toString(), line, columns.stream().mapToInt(Integer::intValue).toArray());
        }
    }
}
