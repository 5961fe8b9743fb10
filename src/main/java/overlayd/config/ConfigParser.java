package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a file into assignments, as leniently as upstream reads it, and says so of every line that is odd.
 *
 * <p>Never fails, whatever the bytes are. Looks at keys and lines only; {@link ConfigReader} looks at values.
 */
public final class ConfigParser {
    /** A larger file is refused unread, in bytes. */
    public static final int MAX_BYTES = 1 << 18;

    /** A longer value is refused, in characters. */
    static final int LONGEST_VALUE = 1 << 16;

    private static final List<String> KEYS = Arrays.stream(ConfigKey.values()).map(Enum::name).toList();
    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(.*)", Pattern.DOTALL);
    private static final Pattern ODD_ASSIGNMENT = Pattern.compile("([ \\t]*)([A-Za-z_][A-Za-z0-9_]*)([ \\t]*)=.*", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("[ \\t]*(#.*)?", Pattern.DOTALL);

    private final Findings findings;
    private final Path file;
    private final List<Assignment> assignments = new ArrayList<>();
    private final Map<ConfigKey, Assignment> firsts = new EnumMap<>(ConfigKey.class);
    private boolean carriageReturns;

    private ConfigParser(Path file) {
        this.file = file;
        this.findings = new Findings(file, Strictness.BOOT);
    }

    /** Every assignment and every oddity of these bytes. */
    public static Parsed parse(Path file, byte[] bytes) {
        ConfigParser parser = new ConfigParser(file);
        parser.file(bytes);
        return new Parsed(file, parser.assignments, parser.findings.sorted());
    }

    private void file(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            findings.add(Rule.FILE_TOO_LARGE, Position.START, "the file has " + bytes.length + " bytes",
                    "a configuration file has at most " + MAX_BYTES);
            return;
        }
        String text = ByteText.decode(bytes);
        if (text.startsWith("\uFEFF")) {
            findings.add(Rule.BYTE_ORDER_MARK, Position.START, "the file begins with a byte order mark",
                    "save it as UTF-8 without BOM");
            text = text.substring(1);
        }
        List<String> lines = Arrays.asList(text.split("\n", -1));
        for (int i = 0; i < lines.size(); i++) line(i + 1, withoutCarriageReturn(i + 1, lines.get(i)));
    }

    private String withoutCarriageReturn(int number, String line) {
        if (!line.endsWith("\r")) return line;
        if (!carriageReturns) {
            findings.add(Rule.CARRIAGE_RETURN, at(number, line, line.length() - 1),
                    "the line ends in a carriage return", "save the file with Unix line ends: sed -i 's/\\r$//' FILE");
            carriageReturns = true;
        }
        return line.substring(0, line.length() - 1);
    }

    private void line(int number, String line) {
        if (COMMENT.matcher(line).matches()) return;
        Matcher assignment = ASSIGNMENT.matcher(line);
        if (assignment.matches()) assignment(number, line, assignment);
        else passedOver(number, line);
    }

    private void passedOver(int number, String line) {
        Matcher odd = ODD_ASSIGNMENT.matcher(line);
        if (!odd.matches()) {
            findings.add(Rule.NOT_AN_ASSIGNMENT, at(number, line, 0), "not an assignment, passed over: " + clip(line.strip()),
                    "write NAME=value, or make it a comment with #");
        } else if (!odd.group(1).isEmpty()) {
            findings.add(Rule.INDENTED_ASSIGNMENT, at(number, line, odd.start(2)),
                    clip(odd.group(2)) + " is not at the beginning of its line, passed over", "remove the blanks before it");
        } else {
            findings.add(Rule.BLANK_BEFORE_EQUALS, at(number, line, odd.start(3)),
                    "blank between " + clip(odd.group(2)) + " and the equal sign, passed over",
                    "write " + clip(odd.group(2)) + "=value");
        }
    }

    private void assignment(int number, String line, Matcher parts) {
        Position at = at(number, line, 0);
        Optional<ConfigKey> key = ConfigKey.named(parts.group(1));
        if (key.isEmpty()) {
            unknown(parts.group(1), at);
        } else if (!key.get().implemented()) {
            findings.add(Rule.NOT_IN_THIS_VERSION, at, key.get() + " (" + key.get().doc() + ") is not in this version",
                    "remove the line; it is refused, not ignored");
        } else {
            known(key.get(), new Line(number, line), parts.start(2));
        }
    }

    private void unknown(String name, Position at) {
        Optional<String> nearest = Spelling.nearest(name, KEYS);
        if (nearest.isPresent()) {
            findings.add(Rule.MISSPELT_KEY, at, "unknown key " + clip(name), "did you mean " + nearest.get() + "?");
        } else {
            findings.add(Rule.UNKNOWN_KEY, at, "unknown key " + clip(name) + " has no effect",
                    "remove the line, or make it a comment with #");
        }
    }

    private record Line(int number, String text) {}

    private void known(ConfigKey key, Line line, int from) {
        Position at = at(line.number(), line.text(), 0);
        String text = line.text();
        int begin = from;
        int end = text.length();
        while (begin < end && isBlank(text.charAt(begin))) begin++;
        while (end > begin && isBlank(text.charAt(end - 1))) end--;
        if (begin > from && begin < end) {
            findings.add(Rule.BLANK_AFTER_EQUALS, at(line.number(), text, from), "blank after " + key + "=, dropped",
                    "write " + key + "=value without blanks");
        }
        Assignment.Quoting quoting = quoting(text.substring(begin, end));
        if (quoting != Assignment.Quoting.NONE) {
            begin++;
            end--;
        }
        if (end - begin > LONGEST_VALUE) {
            findings.add(Rule.VALUE_TOO_LONG, at, key + " has " + (end - begin) + " characters", "at most " + LONGEST_VALUE);
            end = begin + 1;
        }
        Assignment made = new Assignment(key, text.substring(begin, end), quoting, at, at(line.number(), text, begin));
        look(made);
        assignments.add(made);
    }

    /** What is odd about the value as text, whatever its kind. */
    private void look(Assignment made) {
        duplicate(made);
        String value = made.value();
        if (value.isEmpty() && made.key() != ConfigKey.BASE) {
            findings.add(Rule.EMPTY_VALUE, made.at(), made.key() + " is empty, which means the default", "remove the line");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < 0x20 && c != '\t') || c == 0x7f) {
                findings.add(Rule.CONTROL_CHARACTER, made.valueAt(value, i),
                        String.format("%s holds the control character 0x%02x", made.key(), (int) c), "remove it");
                break;
            }
        }
        if (made.quoting() == Assignment.Quoting.NONE) tail(made, value);
    }

    private void tail(Assignment made, String value) {
        int comment = Math.max(value.indexOf(" #"), value.indexOf("\t#"));
        if (comment >= 0) {
            findings.add(Rule.TRAILING_COMMENT, made.valueAt(value, comment + 1),
                    "the comment is part of the value of " + made.key(), "give it a line of its own");
        }
        if (value.endsWith("\\")) {
            findings.add(Rule.TRAILING_BACKSLASH, made.valueAt(value, value.length() - 1),
                    "the backslash is part of the value of " + made.key(), "a value is one line");
        }
    }

    private void duplicate(Assignment made) {
        if (made.key().repeatable()) return;
        Assignment first = firsts.putIfAbsent(made.key(), made);
        if (first == null) return;
        findings.add(Rule.DUPLICATE_KEY, made.at(), made.key() + " again, passed over: line " + first.at().line() + " counts",
                "remove one of them");
    }

    /** The pair of quotes around the whole value: the same mark does not occur between them. */
    private static Assignment.Quoting quoting(String value) {
        if (value.length() < 2) return Assignment.Quoting.NONE;
        char quote = value.charAt(0);
        boolean whole = (quote == '"' || quote == '\'') && value.indexOf(quote, 1) == value.length() - 1;
        if (!whole) return Assignment.Quoting.NONE;
        return quote == '"' ? Assignment.Quoting.DOUBLE : Assignment.Quoting.SINGLE;
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Enough of a word of the file to recognise it. */
    static String clip(String word) {
        return word.length() <= 40 ? word : word.substring(0, 40) + "…";
    }

    private static Position at(int line, String text, int index) {
        return new Position(line, text.codePointCount(0, index) + 1);
    }
}
