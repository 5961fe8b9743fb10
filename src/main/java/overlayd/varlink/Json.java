package overlayd.varlink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/**
 * Jackson's tree model read and written by its streaming parser. Without ObjectMapper, whose class alone costs the daemon 80 ms
 * at start. Strict: one value, no duplicate keys, bounded depth, nothing after it.
 */
public final class Json {
    /** Deeper than any message of ours; bounds the recursion below. */
    static final int MAX_DEPTH = 64;
    /** More than the longest command line of a request has; a megabyte of empty arrays would be twenty in memory. */
    static final int MAX_TOKENS = 100_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    // interning and canonicalizing names lets a client fill the JVM's symbol tables
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .build();

    private Json() {
    }

    /** A new empty object. */
    public static ObjectNode object() {
        return NODES.objectNode();
    }

    /** A new empty array. */
    public static ArrayNode array() {
        return NODES.arrayNode();
    }

    /**
     * Reads one JSON value of any kind from UTF-8.
     *
     * @throws IOException when it is not exactly that, has a key twice in one object, or is nested deeper than 64
     */
    public static JsonNode parse(byte[] utf8) throws IOException {
        return parse(FACTORY.createParser(utf8));
    }

    /** The same of one that a stranger has sent: it has at most {@link #MAX_TOKENS} parts. */
    static JsonNode parseStrange(byte[] utf8) throws IOException {
        return parse(new JsonParserDelegate(FACTORY.createParser(utf8)) {
            private int tokens;

            @Override
            public JsonToken nextToken() throws IOException {
                if (++tokens > MAX_TOKENS) {
                    throw new IOException("JSON of more than " + MAX_TOKENS + " parts");
                }
                return super.nextToken();
            }
        });
    }

    private static JsonNode parse(JsonParser made) throws IOException {
        try (JsonParser parser = made) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new IOException("no JSON value");
            }
            JsonNode value = value(parser, first, 1);
            if (parser.nextToken() != null) {
                throw new IOException("something follows the JSON value");
            }
            return value;
        }
    }

    private static JsonNode value(JsonParser parser, JsonToken token, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("JSON nested deeper than " + MAX_DEPTH);
        }
        return switch (token) {
            case START_OBJECT -> members(parser, depth);
            case START_ARRAY -> elements(parser, depth);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IOException("unexpected " + token);
        };
    }

    private static JsonNode members(JsonParser parser, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (object.replace(name, value(parser, parser.nextToken(), depth + 1)) != null) {
                throw new IOException("key \"" + name + "\" twice in one object");
            }
        }
        return object;
    }

    private static JsonNode elements(JsonParser parser, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            array.add(value(parser, token, depth + 1));
            token = parser.nextToken();
        }
        return array;
    }

    private static JsonNode integer(JsonParser parser) throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new IOException("integer beyond 64 bits");
        }
        return NODES.numberNode(parser.getLongValue());
    }

    /** The value as UTF-8, without blanks. Contains no NUL byte: JSON writes that character as an escape. */
    public static byte[] write(JsonNode value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
            write(generator, value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator generator, JsonNode value) throws IOException {
        switch (value.getNodeType()) {
            case OBJECT -> {
                generator.writeStartObject();
                for (Iterator<String> names = value.fieldNames(); names.hasNext();) {
                    String name = names.next();
                    generator.writeFieldName(wellFormed(name));
                    write(generator, value.get(name));
                }
                generator.writeEndObject();
            }
            case ARRAY -> {
                generator.writeStartArray();
                for (JsonNode element : value) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case STRING -> generator.writeString(wellFormed(value.textValue()));
            case BOOLEAN -> generator.writeBoolean(value.booleanValue());
            case NUMBER -> number(generator, value);
            case NULL, MISSING -> generator.writeNull();
            case BINARY, POJO -> throw new IllegalArgumentException("no JSON value: " + value.getNodeType());
        }
    }

    private static void number(JsonGenerator generator, JsonNode value) throws IOException {
        if (value.isIntegralNumber()) {
            generator.writeNumber(value.longValue());
        } else {
            generator.writeNumber(value.doubleValue());
        }
    }

    /** Jackson refuses to write half a surrogate pair, which a client's escape can smuggle in; it becomes U+FFFD. */
    private static String wellFormed(String text) {
        int at = 0;
        while (at < text.length() && !Character.isSurrogate(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        StringBuilder fixed = new StringBuilder(text.length());
        text.codePoints().forEach(c -> fixed.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
        return fixed.toString();
    }
}
