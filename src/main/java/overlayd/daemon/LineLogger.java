package overlayd.daemon;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes one line per event to standard error: time with offset, level, message. Under systemd, which stamps lines itself, the time
 * gives way to a syslog priority (sd-daemon(3)). OVERLAYD_LOG sets the level: error, warn, info (default), debug, trace.
 */
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final Level LEVEL = level(System.getenv("OVERLAYD_LOG"));
    private static final boolean JOURNAL = isJournal(System.getenv("JOURNAL_STREAM"));
    private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    LineLogger(String name) {
        this.name = name;
    }

    private static Level level(String word) {
        try {
            return word == null ? Level.INFO : Level.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            return Level.INFO;
        }
    }

    /** Whether standard error is the socket that JOURNAL_STREAM names by device and inode: redirected, it is a file like any other. */
    private static boolean isJournal(String stream) {
        try {
            Path error = Path.of("/proc/self/fd/2");
            return stream != null && stream.equals(Files.getAttribute(error, "unix:dev") + ":" + Files.getAttribute(error, "unix:ino"));
        } catch (IOException closed) {
            return false;
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
        StringWriter text = new StringWriter();
        text.append(MessageFormatter.basicArrayFormat(pattern, arguments).replaceAll("\\p{Cntrl}", " "));
        if (thrown != null) {
            text.append(": ");
            thrown.printStackTrace(new PrintWriter(text, true));
        } else {
            text.append('\n');
        }
        System.err.print(JOURNAL ? prioritized(text.toString(), level) : OffsetDateTime.now().truncatedTo(ChronoUnit.MILLIS).format(TIME) + " "
                + level.toString().toLowerCase(Locale.ROOT) + " " + text);
        System.err.flush();
    }

    /** The journal takes each line for a message of its own. */
    static String prioritized(String lines, Level level) {
        return lines.replaceAll("(?m)^(?=.)", "<" + priority(level) + ">");
    }

    private static int priority(Level level) {
        return switch (level) {
            case ERROR -> 3;
            case WARN -> 4;
            case INFO -> 6;
            case DEBUG, TRACE -> 7;
        };
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
