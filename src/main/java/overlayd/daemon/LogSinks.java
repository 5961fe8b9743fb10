package overlayd.daemon;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import overlayd.config.DaemonLog;
import overlayd.varlink.JournalSocket;
import overlayd.varlink.SyslogSocket;

/** The one place that messages of this process go to; standard error until it is chosen, and whenever the chosen one takes nothing. */
final class LogSinks {
    private static final String WHO = "overlayd";
    private static final StandardError ERROR = new StandardError();
    private static volatile Optional<LogSink> chosen = Optional.empty();

    private LogSinks() {
    }

    /** From now on messages go there. */
    static void choose(DaemonLog wish) {
        chosen = switch (wish) {
            case STDERR -> Optional.empty();
            case AUTO -> ERROR.journal() ? Optional.of(journal()) : Optional.empty();
            case JOURNAL -> Optional.of(journal());
            case SYSLOG -> Optional.of(syslog());
        };
    }

    static void write(LogLine line) {
        if (chosen.isEmpty() || !chosen.get().write(line)) {
            ERROR.write(line);
        }
    }

    private static LogSink journal() {
        JournalSocket socket = new JournalSocket(JournalSocket.PATH);
        return line -> {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("MESSAGE", line.text());
            fields.put("PRIORITY", Integer.toString(line.priority()));
            fields.put("SYSLOG_IDENTIFIER", WHO);
            fields.putAll(line.fields());
            return socket.send(fields);
        };
    }

    private static LogSink syslog() {
        SyslogSocket socket = new SyslogSocket(SyslogSocket.PATH, WHO, ProcessHandle.current().pid());
        return line -> line.text().lines().allMatch(text -> socket.send(line.priority(), text));
    }
}
