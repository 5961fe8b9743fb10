package overlayd.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** One line per message: time with offset, level, message. Where the journal reads it, which stamps lines itself, a priority (sd-daemon(3)). */
final class StandardError implements LogSink {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    private final boolean journal = isJournal(System.getenv("JOURNAL_STREAM"));

    /** Whether it is the socket that JOURNAL_STREAM names by device and inode: redirected, it is a file like any other. */
    private static boolean isJournal(String stream) {
        try {
            Path error = Path.of("/proc/self/fd/2");
            return stream != null && stream.equals(Files.getAttribute(error, "unix:dev") + ":" + Files.getAttribute(error, "unix:ino"));
        } catch (IOException closed) {
            return false;
        }
    }

    /** Whether the journal reads it. */
    boolean journal() {
        return journal;
    }

    @Override
    public boolean write(LogLine line) {
        String text = line.text() + "\n";
        System.err.print(journal ? prioritized(line) : OffsetDateTime.now().truncatedTo(ChronoUnit.MILLIS).format(TIME) + " "
                + line.level().toString().toLowerCase(Locale.ROOT) + " " + text);
        System.err.flush();
        return true;
    }

    /** The journal takes each line for a message of its own. */
    static String prioritized(LogLine line) {
        return (line.text() + "\n").replaceAll("(?m)^(?=.)", "<" + line.priority() + ">");
    }
}
