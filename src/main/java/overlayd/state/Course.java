package overlayd.state;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the time of a subhost's last boot went; a part of its record. @param spans in the order in which they began */
public record Course(List<Span> spans) {
    /** Of one that was not booted, or by a daemon that took no note. */
    public static final Course NONE = new Course(List.of());

    /** What takes time. */
    public enum Kind { PLAN, HOST, NAMESPACES, INIT, SERVICE, READY }

    /**
     * One thing that took time.
     *
     * @param start microseconds from the beginning of the boot
     * @param name of the step or the service
     */
    public record Span(Kind kind, long start, long micros, String name) {
        private static final Pattern TEXT = Pattern.compile("([A-Z]+) ([0-9]{1,15}) ([0-9]{1,15}) (.*)", Pattern.DOTALL);

        /** As the record has it. */
        String text() {
            return kind + " " + start + " " + micros + " " + name;
        }

        static Optional<Span> parse(String text) {
            Matcher m = TEXT.matcher(text);
            boolean known = m.matches() && List.of(Kind.values()).stream().anyMatch(kind -> kind.name().equals(m.group(1)));
            return known ? Optional.of(new Span(Kind.valueOf(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3)), m.group(4)))
                    : Optional.empty();
        }

        /** As users read it. */
        public String word() {
            return kind.name().toLowerCase(Locale.ROOT);
        }
    }

    public Course {
        spans = spans == null ? List.of() : List.copyOf(spans);
    }

    List<String> texts() {
        return spans.stream().map(Span::text).toList();
    }

    /** What is no span is passed over: it is another version's. */
    static Course parse(List<String> texts) {
        return new Course(texts.stream().flatMap(text -> Span.parse(text).stream()).toList());
    }

    /** Microseconds from the beginning to the end of the last. */
    public long micros() {
        return spans.stream().mapToLong(span -> span.start() + span.micros()).max().orElse(0);
    }
}
