package overlayd.varlink;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * systemd-journald's own protocol: the fields of an entry in a datagram, or in a memory file where that is too small. Source:
 * "Native Journal Protocol" of systemd's documentation. Any thread.
 */
public final class JournalSocket {
    /** Where journald listens. */
    public static final String PATH = "/run/systemd/journal/socket";

    private final LogSocket socket;

    /** One that connects when there is something to say. */
    public JournalSocket(String path) {
        this.socket = new LogSocket(path);
    }

    /** Sends one entry; names are upper case, digits and underlines. @return false: nobody took it */
    public boolean send(Map<String, String> fields) {
        return socket.send(entry(fields));
    }

    /** NAME=value where the value is one line; else the name alone, the length in 64 bits and the value. */
    static byte[] entry(Map<String, String> fields) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        fields.forEach((name, text) -> {
            byte[] value = text.getBytes(StandardCharsets.UTF_8);
            entry.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            if (text.indexOf('\n') < 0) {
                entry.write('=');
            } else {
                entry.write('\n');
                entry.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value.length).array());
            }
            entry.writeBytes(value);
            entry.write('\n');
        });
        return entry.toByteArray();
    }
}
