package overlayd.kernel;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One message of the control protocol between daemon and monitor or enter helper: NUL-terminated strings, first a verb, then
 * {@code key=value}, where keys may repeat and order counts. Strings are {@link RawText}.
 */
public record Packet(String verb, List<Field> fields) {
    /** The longest packet either side sends, bytes. */
    public static final int MAX_BYTES = 192 * 1024;

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");

    /** One {@code key=value}. */
    public record Field(String key, String value) {
        public Field {
            if (key.isEmpty() || key.indexOf('=') >= 0 || key.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("not a packet field: " + key);
            }
        }
    }

    public Packet {
        fields = List.copyOf(fields);
        if (verb.isEmpty() || verb.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a packet needs a verb");
        }
    }

    /** Collects the fields of one packet. */
    public static final class Builder {
        private final String verb;
        private final List<Field> fields = new ArrayList<>();

        private Builder(String verb) {
            this.verb = verb;
        }

        /** Appends {@code key=value}. */
        public Builder with(String key, Object value) {
            fields.add(new Field(key, String.valueOf(value)));
            return this;
        }

        /** Appends {@code key=value} for each of the values. */
        public Builder withAll(String key, List<String> values) {
            values.forEach(value -> with(key, value));
            return this;
        }

        /** Appends {@code fds=}: the names, in order, of the descriptors sent along. */
        public Builder withFds(List<String> names) {
            return with("fds", String.join(" ", names));
        }

        /** The packet. */
        public Packet build() {
            return new Packet(verb, fields);
        }
    }

    /** Begins a packet. */
    public static Builder of(String verb) {
        return new Builder(verb);
    }

    /** The first value of {@code key}. */
    public Optional<String> first(String key) {
        return fields.stream().filter(field -> field.key().equals(key)).map(Field::value).findFirst();
    }

    /** The first value of {@code key} as a decimal number; empty when absent or not one. */
    public Optional<Integer> number(String key) {
        return first(key).filter(value -> NUMBER.matcher(value).matches()).map(Integer::valueOf);
    }

    /** All values of {@code key}, in order. */
    public List<String> all(String key) {
        return fields.stream().filter(field -> field.key().equals(key)).map(Field::value).toList();
    }

    /** The bytes on the wire. */
    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(RawText.encode(verb));
        out.write(0);
        for (Field field : fields) {
            out.writeBytes(RawText.encode(field.key() + "=" + field.value()));
            out.write(0);
        }
        return out.toByteArray();
    }

    /** The packet of {@code bytes}, or empty when they are none (no terminator, no verb, a field without {@code =}). */
    public static Optional<Packet> decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[bytes.length - 1] != 0) {
            return Optional.empty();
        }
        List<String> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                strings.add(RawText.decode(bytes, start, i - start));
                start = i + 1;
            }
        }
        List<String> rest = strings.subList(1, strings.size());
        if (strings.get(0).isEmpty() || rest.stream().anyMatch(text -> text.indexOf('=') < 1)) {
            return Optional.empty();
        }
        List<Field> fields = rest.stream()
                .map(text -> new Field(text.substring(0, text.indexOf('=')), text.substring(text.indexOf('=') + 1))).toList();
        return Optional.of(new Packet(strings.get(0), fields));
    }
}
