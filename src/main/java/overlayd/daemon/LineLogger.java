package overlayd.daemon;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** Makes lines of events. OVERLAYD_LOG sets the level: error, warn, info (default), debug, trace. */
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1L;
    private static final Level LEVEL = level(System.getenv("OVERLAYD_LOG"));
    /** So begins each message of the room subhost that is about one of them: its name, then what is said. */
    private static final String NAME_FIRST = "{}: ";
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final boolean aboutSubhosts;

    /** @param name of the class, with its package */
    LineLogger(String name) {
        this.name = name.substring(name.lastIndexOf('.') + 1);
        this.aboutSubhosts = name.startsWith("overlayd.subhost.");
    }

    private static Level level(String word) {
        try {
            return word == null ? Level.INFO : Level.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            return Level.INFO;
        }
    }

    private static boolean enabled(Level level) {
        return level.toInt() >= LEVEL.toInt();
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
        LogSinks.write(new LogLine(level, text(pattern, arguments, thrown), fields(pattern, arguments, List.of())));
    }

    @Override
    public void log(LoggingEvent event) {
        LogSinks.write(new LogLine(event.getLevel(), text(event.getMessage(), event.getArgumentArray(), event.getThrowable()),
                fields(event.getMessage(), event.getArgumentArray(), event.getKeyValuePairs())));
    }

    private static String text(String pattern, Object[] arguments, Throwable thrown) {
        StringWriter text = new StringWriter();
        text.append(CONTROL.matcher(MessageFormatter.basicArrayFormat(pattern, arguments)).replaceAll(" "));
        if (thrown != null) {
            text.append(": ");
            thrown.printStackTrace(new PrintWriter(text, true));
        }
        return text.toString().stripTrailing();
    }

    Map<String, String> fields(String pattern, Object[] arguments, List<KeyValuePair> given) {
        Map<String, String> fields = new HashMap<>();
        if (aboutSubhosts && pattern.startsWith(NAME_FIRST) && arguments != null && arguments.length > 0) {
            fields.put("SUBHOST", String.valueOf(arguments[0]));
        }
        if (given != null) {
            given.stream().filter(pair -> !String.valueOf(pair.value).isEmpty()).forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
        }
        return fields;
    }

    @Override
    public boolean isTraceEnabled() {
        return enabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return enabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return enabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return enabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return enabled(Level.ERROR);
    }
}
