package overlayd.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command as a shell splits words: blanks, both quotes, backslash; nothing is evaluated, no pattern, no pipe.
 * {@code $KEY} is replaced inside a word, so that a BASE with a blank stays one word; not between single quotes.
 */
final class Words {
    private final Located in;
    private final Variables variables;
    private final List<Located> words = new ArrayList<>();
    private Located.Writer word;
    private int begin;

    private Words(Located in, Variables variables) {
        this.in = in;
        this.variables = variables;
    }

    static List<Located> split(Located text, Variables variables, Findings findings) {
        return new Words(text, variables).split(findings);
    }

    private List<Located> split(Findings findings) {
        String text = in.text();
        char quote = 0;
        int quoteAt = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && ConfigParser.isBlank(c)) {
                endWord(i);
            } else if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
                inWord(i);
                quote = quote == 0 ? c : 0;
                quoteAt = i;
            } else {
                inWord(i);
                i = character(i, quote);
            }
        }
        if (quote != 0) {
            findings.add(Rule.UNCLOSED_QUOTE, in.at(quoteAt), "the quotation mark " + quote + " is not closed", "close it");
        }
        endWord(text.length());
        return words;
    }

    /** Takes what stands at {@code i} into the word; the index of its last character. */
    private int character(int i, char quote) {
        String text = in.text();
        char c = text.charAt(i);
        int column = in.columns()[i];
        if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
            char next = text.charAt(i + 1);
            boolean kept = quote == '"' && "\\\"$`".indexOf(next) < 0;   // in double quotes \n is two characters
            if (kept) word.put(c, column);
            word.put(next, column);
            return i + 1;
        }
        if (c == '$' && quote != '\'') return variables.replace(in, i, word) - 1;
        word.put(c, column);
        return i;
    }

    private void inWord(int i) {
        if (word == null) {
            word = new Located.Writer(in.line());
            begin = i;
        }
    }

    private void endWord(int i) {
        if (word == null) return;
        Located made = word.end(in.columns()[i]);
        // A word begins where its first quote stands, and an empty one has no character to tell its column.
        made.columns()[0] = in.columns()[begin];
        words.add(made);
        word = null;
    }
}
