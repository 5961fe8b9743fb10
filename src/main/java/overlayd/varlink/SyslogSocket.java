package overlayd.varlink;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/** Messages for the syslog daemon of this host, as syslog(3) sends them (RFC 3164 without a host name), facility daemon. Any thread. */
public final class SyslogSocket {
    /** Where it listens. */
    public static final String PATH = "/dev/log";
    private static final int DAEMON = 3 << 3;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ENGLISH);
    /** What every syslog daemon takes (RFC 5424, 6.1: at least 480 octets, should be 2048; rsyslog takes 8192). */
    private static final int MOST_BYTES = 8192;

    private final LogSocket socket;
    private final String tag;

    /** One that connects when there is something to say. */
    public SyslogSocket(String path, String tag, long pid) {
        this.socket = new LogSocket(path);
        this.tag = tag + "[" + pid + "]: ";
    }

    /** Sends one line of {@code severity} (3 error to 7 debug); what is longer than daemons take is cut off. @return false: nobody took it */
    public boolean send(int severity, String line) {
        return socket.send(datagram(severity, LocalDateTime.now(), line));
    }

    byte[] datagram(int severity, LocalDateTime now, String line) {
        byte[] bytes = ("<" + (DAEMON | severity) + ">" + TIME.format(now) + " " + tag + line).getBytes(StandardCharsets.UTF_8);
        return bytes.length > MOST_BYTES ? Arrays.copyOf(bytes, MOST_BYTES) : bytes;
    }
}
