package overlayd.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.plan.Undo;

/** Journal form of an {@link Undo}: one flat JSON object whose "undo" member names the kind. */
final class UndoJson {
    private UndoJson() {
    }

    static ObjectNode write(Undo undo) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        undo.match(new Undo.Cases<Void, RuntimeException>() {
            @Override
            public Void cgroup(Undo.RemoveCgroup u) {
                return put("cgroup", "group", u.group());
            }

            @Override
            public Void upperTeardown(Undo.RunUpperTeardown u) {
                put("upperTeardown", "script", ByteText.of(u.script()));
                json.put("config", ByteText.of(u.config())).put("seconds", u.timeoutSeconds());
                return null;
            }

            @Override
            public Void netns(Undo.RemoveNetns u) {
                put("netns", "netns", u.netns());
                json.put("tag", u.tag());
                u.hostEnds().forEach(json.putArray("hostEnds")::add);
                return null;
            }

            @Override
            public Void ifdown(Undo.Ifdown u) {
                return put("ifdown", "link", u.hostEnd());
            }

            @Override
            public Void file(Undo.RemoveFile u) {
                put("file", "root", ByteText.of(u.root()));
                json.put("file", u.file());
                return null;
            }

            @Override
            public Void log(Undo.RemoveEmptyLog u) {
                return put("log", "file", ByteText.of(u.file()));
            }

            @Override
            public Void unpublish(Undo.Unpublish u) {
                json.put("undo", "unpublish");
                ArrayNode forwards = json.putArray("forwards");
                u.forwards().forEach(forward -> forwards.add(ForwardText.of(forward)));
                return null;
            }

            private Void put(String kind, String key, String value) {
                json.put("undo", kind).put(key, value);
                return null;
            }
        });
        return json;
    }

    /** The undo that {@code json} holds. @throws IllegalArgumentException when it holds none */
    static Undo read(JsonNode json) {
        return switch (text(json, "undo")) {
            case "cgroup" -> new Undo.RemoveCgroup(text(json, "group"));
            case "upperTeardown" -> new Undo.RunUpperTeardown(ByteText.path(text(json, "script")), ByteText.path(text(json, "config")),
                    json.path("seconds").asLong());
            case "netns" -> new Undo.RemoveNetns(text(json, "netns"), texts(json, "hostEnds"), text(json, "tag"));
            case "ifdown" -> new Undo.Ifdown(text(json, "link"));
            case "file" -> new Undo.RemoveFile(ByteText.path(text(json, "root")), text(json, "file"));
            case "log" -> new Undo.RemoveEmptyLog(ByteText.path(text(json, "file")));
            case "unpublish" -> new Undo.Unpublish(texts(json, "forwards").stream().map(ForwardText::parse).toList());
            default -> throw new IllegalArgumentException("unknown undo in " + json);
        };
    }

    private static List<String> texts(JsonNode json, String key) {
        List<String> texts = new ArrayList<>();
        json.path(key).forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static String text(JsonNode json, String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("no \"" + key + "\" in " + json);
        }
        return value.textValue();
    }
}
