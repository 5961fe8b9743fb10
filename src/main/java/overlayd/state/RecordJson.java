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
 * reflection takes it half a second. Flat but for upkeep, whatever its parts are here. What is unknown is passed over, what is missing
 * counts as empty.
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
            out.writeStringField("bootId", record.bootId());
            write(out, record.asked());
            write(out, record.root());
            write(out, record.onHost());
            write(out, record.life());
            out.writeObjectFieldStart("upkeep");
            write(out, record.upkeep());
            out.writeEndObject();
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, Asked asked) throws IOException {
        out.writeStringField("file", asked.file());
        out.writeStringField("log", asked.log());
        texts(out, "services", asked.services());
        out.writeNumberField("startSeconds", asked.startSeconds());
        out.writeNumberField("stopSeconds", asked.stopSeconds());
        texts(out, "settings", asked.settings());
    }

    private static void write(JsonGenerator out, RootDirectories root) throws IOException {
        out.writeStringField("rootKind", root.kind());
        texts(out, "lower", root.lower());
        out.writeStringField("upper", root.upper());
        out.writeStringField("work", root.work());
        out.writeStringField("live", root.live());
    }

    private static void write(JsonGenerator out, OnHost onHost) throws IOException {
        texts(out, "hostEnds", onHost.hostEnds());
        texts(out, "macs", onHost.macs());
        texts(out, "writes", onHost.writes());
    }

    private static void write(JsonGenerator out, Life life) throws IOException {
        out.writeStringField("state", life.state().name());
        out.writeStringField("reason", life.reason());
        out.writeNumberField("initPid", life.initPid());
        out.writeNumberField("initStart", life.initStart());
        out.writeNumberField("bootedAt", life.bootedAt());
        out.writeStringField("exit", life.exit());
    }

    private static void write(JsonGenerator out, Upkeep upkeep) throws IOException {
        out.writeStringField("restart", upkeep.restart());
        texts(out, "limits", upkeep.limits());
        if (upkeep.before().isPresent()) {
            texts(out, "before", upkeep.before().get());
        }
        out.writeNumberField("restartAt", upkeep.restartAt());
        out.writeNumberField("restarts", upkeep.restarts());
        texts(out, "after", upkeep.waits().after());
        texts(out, "requires", upkeep.waits().requires());
        texts(out, "course", upkeep.course().texts());
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
            return new SubhostRecord(r.text("name"), r.text("bootId"), asked(r), root(r), onHost(r), life(r),
                    r.has("upkeep") ? upkeep(fields(r.values().get("upkeep"))) : Upkeep.NONE);
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new IOException("a value of the record cannot be: " + wrong.getMessage(), wrong);
        }
    }

    private static Asked asked(Fields r) throws IOException {
        return new Asked(r.text("file"), r.text("log"), r.texts("services"), r.number("startSeconds"), r.number("stopSeconds"), r.texts("settings"));
    }

    private static RootDirectories root(Fields r) throws IOException {
        return new RootDirectories(r.text("rootKind"), r.texts("lower"), r.text("upper"), r.text("work"), r.text("live"));
    }

    private static OnHost onHost(Fields r) throws IOException {
        return new OnHost(r.texts("hostEnds"), r.texts("macs"), r.texts("writes"));
    }

    private static Life life(Fields r) throws IOException {
        return new Life(SubhostState.valueOf(r.text("state")), r.text("reason"), Math.toIntExact(r.number("initPid")), r.number("initStart"),
                r.number("bootedAt"), r.text("exit"));
    }

    private static Upkeep upkeep(Fields r) throws IOException {
        return new Upkeep(r.has("restart") ? r.text("restart") : Upkeep.NONE.restart(), r.texts("limits"),
                r.has("before") ? Optional.of(r.texts("before")) : Optional.empty(), r.number("restartAt"), Math.toIntExact(r.number("restarts")),
                new Waits(r.texts("after"), r.texts("requires")), Course.parse(r.texts("course")));
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
