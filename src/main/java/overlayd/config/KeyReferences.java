package overlayd.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds {@code $KEY} and {@code ${KEY}} in values and puts the values of those keys in their place. */
final class KeyReferences {
    private static final Pattern REFERENCE = Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)\\}|([A-Za-z_][A-Za-z0-9_]*))");

    private enum Order { EARLIER, ANY }

    private final Values values;
    private int inserted;

    KeyReferences(Values values) {
        this.values = values;
    }

    /** For a value of the file: a key that is set further down is a problem. */
    Variables toEarlierKeys() {
        return (in, i, out) -> replace(in, i, out, Order.EARLIER);
    }

    /** For a default, which is worked out when the whole file is known. */
    Variables toAnyKey() {
        return (in, i, out) -> replace(in, i, out, Order.ANY);
    }

    /** Whether something in {@code text} would be replaced. */
    static boolean mentionsKey(String text) {
        return REFERENCE.matcher(text).results().map(m -> m.group(1) != null ? m.group(1) : m.group(2)).anyMatch(name ->
                ConfigKey.named(name).filter(KeyReferences::hasText).isPresent());
    }

    private int replace(Located in, int i, Located.Writer out, Order order) {
        Matcher reference = REFERENCE.matcher(in.text()).region(i, in.text().length());
        if (!reference.lookingAt()) return Variables.NONE.replace(in, i, out);
        String name = reference.group(1) != null ? reference.group(1) : reference.group(2);
        Optional<ConfigKey> key = ConfigKey.named(name).filter(KeyReferences::hasText);
        if (key.isEmpty()) {
            values.findings().add(Rule.UNKNOWN_VARIABLE, in.at(i), ConfigParser.clip(reference.group())
                    + " is no key with a value and stays as it is", "write ${KEY} of a key such as BASE or NAME");
            return Variables.NONE.replace(in, i, out);
        }
        if (allowed(key.get(), in.at(i), order)) out.put(withinBudget(key.get(), in.at(i)), in.columns()[i]);
        return reference.end();
    }

    private static boolean hasText(ConfigKey key) {
        return key.implemented() && !key.repeatable() && !key.isHook();
    }

    private boolean allowed(ConfigKey key, Position at, Order order) {
        if (values.isUnderway(key)) {
            values.findings().add(Rule.VARIABLE_CYCLE, values.isSet(key) ? values.at(key) : at, key + " refers to itself", "write the value out");
            return false;
        }
        Optional<Assignment> later = values.assignment(key).filter(a -> order == Order.EARLIER && a.at().line() > at.line());
        later.ifPresent(a -> values.findings().add(Rule.VARIABLE_SET_LATER, at, "$" + key + " is set later, on line " + a.at().line(),
                "move that line above this one"));
        return later.isEmpty();
    }

    /** A few lines of {@code $A$A$A...} that refer to each other would else fill the daemon's memory. */
    private String withinBudget(ConfigKey key, Position at) {
        if (inserted > ConfigParser.LONGEST_VALUE) return "";   // told already
        String text = values.inserted(key);
        inserted += text.length();
        if (inserted <= ConfigParser.LONGEST_VALUE) return text;
        values.findings().add(Rule.VALUE_TOO_LONG, at, "the file has more than " + ConfigParser.LONGEST_VALUE
                + " characters in the place of $KEY", "write fewer");
        return "";
    }
}
