package overlayd.daemon;

import java.util.Map;
import org.slf4j.event.Level;

/**
 * One message of the daemon.
 *
 * @param text without a newline at its end; several lines when it is a defect's, with its stack
 * @param fields what can be searched for by name: SUBHOST, STEP, ERRNO_NAME
 */
record LogLine(Level level, String text, Map<String, String> fields) {
    LogLine {
        fields = Map.copyOf(fields);
    }

    /** syslog(3)'s number. */
    int priority() {
        return switch (level) {
            case ERROR -> 3;
            case WARN -> 4;
            case INFO -> 6;
            case DEBUG, TRACE -> 7;
        };
    }
}
