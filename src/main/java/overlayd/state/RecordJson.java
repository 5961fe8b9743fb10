package overlayd.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A record as JSON, token by token: a daemon that starts reads and writes one for each subhost before it serves, and binding them by
 * reflection takes it half a second. What is unknown is passed over, what is missing counts as empty.
 */
public final class RecordJson {
    /** Of what is written now. 1, without a number, knew no upkeep. A newer one is read as far as it is known. */
    public static final int FORMAT = 2;

    /** ASCII only, for names of any bytes; see {@link Journal}. */
    private static final JsonFactory JSON = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int DEEPEST = 8;

    private RecordJson() {
    }

    static String write(SubhostRecord record) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("format", FORMAT);
            out.writeStringField("name", record.name());
            out.writeStringField("file", record.file());
            out.writeStringField("bootId", record.bootId());
            out.writeStringField("state", record.state());
            out.writeStringField("reason", record.reason());
            out.writeNumberField("initPid", record.initPid());
            out.writeNumberField("initStart", record.initStart());
            out.writeNumberField("bootedAt", record.bootedAt());
            out.writeStringField("rootKind", record.rootKind());
            texts(out, "lower", record.lower());
            out.writeStringField("upper", record.upper());
            out.writeStringField("work", record.work());
            out.writeStringField("live", record.live());
            out.writeStringField("log", record.log());
            texts(out, "hostEnds", record.hostEnds());
            texts(out, "macs", record.macs());
            texts(out, "services", record.services());
            out.writeNumberField("startSeconds", record.startSeconds());
            out.writeNumberField("stopSeconds", record.stopSeconds());
            out.writeStringField("exit", record.exit());
            texts(out, "settings", record.settings());
            texts(out, "writes", record.writes());
            out.writeObjectFieldStart("upkeep");
            out.writeStringField("restart", record.upkeep().restart());
            texts(out, "limits", record.upkeep().limits());
            if (record.upkeep().before().isPresent()) {
                texts(out, "before", record.upkeep().before().get());
            }
            out.writeNumberField("restartAt", record.upkeep().restartAt());
            out.writeNumberField("restarts", record.upkeep().restarts());
            texts(out, "after", record.upkeep().waits().after());
            texts(out, "requires", record.upkeep().waits().requires());
            texts(out, "course", record.upkeep().course().texts());
            out.writeEndObject();
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void texts(JsonGenerator out, String name, List<String> texts) throws IOException {
        out.writeArrayFieldStart(name);
        for (String text : texts) {
            out.writeString(text);
        }
        out.writeEndArray();
    }

    /** @throws IOException it is no record */
    static SubhostRecord read(String json) throws IOException {
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            Fields r = fields(value(in, 0));
            if (in.nextToken() != null) {
                throw new IOException("something follows the record");
            }
            Fields keep = r.has("upkeep") ? fields(r.values().get("upkeep")) : new Fields(Map.of());
            return new SubhostRecord(r.text("name"), r.text("file"), r.text("bootId"), r.text("state"), r.text("reason"),
                    Math.toIntExact(r.number("initPid")), r.number("initStart"), r.number("bootedAt"), r.text("rootKind"), r.texts("lower"),
                    r.text("upper"), r.text("work"), r.text("live"), r.text("log"), r.texts("hostEnds"), r.texts("macs"), r.texts("services"),
                    r.number("startSeconds"), r.number("stopSeconds"), r.text("exit"), r.texts("settings"), r.texts("writes"),
                    new Upkeep(keep.has("restart") ? keep.text("restart") : null, keep.texts("limits"),
                            keep.has("before") ? Optional.of(keep.texts("before")) : Optional.empty(), keep.number("restartAt"),
                            Math.toIntExact(keep.number("restarts")), new Waits(keep.texts("after"), keep.texts("requires")),
                            Course.parse(keep.texts("course"))));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new IOException("a value of the record cannot be: " + wrong.getMessage(), wrong);
        }
    }

    /** The members of an object. */
    private record Fields(Map<?, ?> values) {
        boolean has(String name) {
            return values.get(name) != null;
        }

        String text(String name) throws IOException {
            return has(name) ? string(values.get(name)) : "";
        }

        long number(String name) throws IOException {
            Object value = has(name) ? values.get(name) : Long.valueOf(0);
            if (value instanceof Long number) {
                return number;
            }
            throw new IOException(name + " of the record is no number");
        }

        List<String> texts(String name) throws IOException {
            List<String> texts = new ArrayList<>();
            Object value = has(name) ? values.get(name) : List.of();
            if (!(value instanceof List<?> list)) {
                throw new IOException(name + " of the record is no list");
            }
            for (Object text : list) {
                texts.add(string(text));
            }
            return texts;
        }

        private static String string(Object value) throws IOException {
            if (value instanceof String text) {
                return text;
            }
            throw new IOException("a text of the record is none");
        }
    }

    private static Fields fields(Object value) throws IOException {
        if (value instanceof Map<?, ?> members) {
            return new Fields(members);
        }
        throw new IOException("the record is no object");
    }

    /** The value at the parser's token: Map, List, String, Long, or null for what no record has. */
    private static Object value(JsonParser in, int depth) throws IOException {
        JsonToken token = in.currentToken();
        if (token == null || depth > DEEPEST) {
            throw new IOException("the record is torn, or too deep");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    members.put(name, value(in, depth + 1));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(in, depth + 1));
                }
                yield list;
            }
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> in.getLongValue();
            default -> null;
        };
    }
}
