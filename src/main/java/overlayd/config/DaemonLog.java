package overlayd.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** DAEMON_LOG: where the daemon's own messages go. AUTO: to the journal where systemd has tied standard error to it, else to standard error. */
public enum DaemonLog {
    AUTO, JOURNAL, SYSLOG, STDERR;

    static Optional<DaemonLog> of(String word) {
        return Arrays.stream(values()).filter(sink -> sink.name().toLowerCase(Locale.ROOT).equals(word)).findFirst();
    }
}
