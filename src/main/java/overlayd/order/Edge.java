package overlayd.order;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Position;
import overlayd.config.Relations;

/**
 * One subhost waits for another.
 *
 * @param from  who waits
 * @param to    for whom
 * @param place where a file says so; empty for what is known of running ones
 */
public record Edge(String from, String to, Relations.Kind kind, Optional<Place> place) {
    /** A place in a configuration file. */
    public record Place(Path file, Position at) {
        /** {@code /etc/overlayd/conf.d/web.conf:4:10}. */
        public String text() {
            return ByteText.of(file) + ":" + at.line() + ":" + at.column();
        }
    }

    /** "web requires db", or "web is after db". */
    public String words() {
        return from + (kind == Relations.Kind.REQUIRES ? " requires " : " is after ") + to;
    }

    Edge reversed() {
        return new Edge(to, from, kind, place);
    }
}
