package overlayd.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import overlayd.report.Counters;
import overlayd.subject.Shown;

/** A Description as a reader wants it: what is empty is left out. */
final class StatusText {
    private static final long MICROS = 1_000_000;

    private final JsonNode context;
    private final JsonNode runtime;
    private final List<String> lines = new ArrayList<>();

    private StatusText(JsonNode description) {
        this.context = description.get("context");
        this.runtime = description.get("runtime");
    }

    /** The first one names it, and its state. */
    static List<String> lines(JsonNode description) {
        StatusText text = new StatusText(description);
        text.state();
        text.root();
        text.network();
        text.services();
        text.resources();
        text.openness();
        text.log();
        return text.lines.stream().map(Shown::of).toList();
    }

    private void line(String label, String text) {
        if (!text.isEmpty()) {
            lines.add("%10s: %s".formatted(label, text.replace('\n', ' ')));
        }
    }

    private void state() {
        String state = runtime.path("degraded").asBoolean() ? "degraded" : runtime.path("state").asText();
        lines.add(context.path("name").asText() + ": " + state + (text("reason").isEmpty() ? "" : ", " + text("reason").replace('\n', ' ')));
        line("file", context.path("configurationFile").asText() + (context.path("configurationChanged").asBoolean() ? " (changed since the boot)" : ""));
        if (runtime.has("startedAt")) {
            long started = runtime.get("startedAt").get("realtime").asLong() / MICROS;
            line("since", DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").format(Instant.ofEpochSecond(started).atZone(ZoneId.systemDefault()))
                    + (runtime.has("initProcess") ? ", " + Listing.human(Math.max(0, Instant.now().getEpochSecond() - started)) + " ago" : ""));
        }
        line("init", runtime.path("initProcess").path("pid").asText());
        line("ended", runtime.has("exitSignal") ? "killed by " + text("exitSignal")
                : runtime.has("exitStatus") ? "exited with status " + text("exitStatus") : "");
        line("restart", text("restart").equals("no") ? "" : text("restart") + (runtime.path("restarts").asInt() > 0
                ? ", " + runtime.path("restarts").asInt() + " in a row" : ""));
    }

    private void root() {
        String lower = join(context.path("lowerDirectories"), " ");
        line("root", switch (context.path("rootKind").asText()) {
            case "overlay" -> "overlay of " + context.path("upperDirectory").asText() + " over " + lower;
            case "bind" -> "bind mount of " + lower;
            default -> context.path("rootKind").asText();
        });
        line("live", context.path("liveDirectory").asText());
        for (JsonNode share : context.path("shares")) {
            line("share", share.path("source").asText() + " on " + share.path("target").asText()
                    + (share.path("readOnly").asBoolean() ? ", read-only" : ""));
        }
    }

    private void network() {
        line("addresses", stream(runtime.path("addresses")).map(one -> one.path("address").asText() + " (" + one.path("interface").asText() + ")")
                .collect(Collectors.joining(" ")));
        line("cables", stream(context.path("cables")).map(one -> one.path("hostEnd").asText() + "=" + one.path("subhostEnd").asText()
                + (one.has("bridge") ? " in " + one.path("bridge").asText() : "")).collect(Collectors.joining(", ")));
    }

    private void services() {
        line("services", stream(runtime.path("serviceStarts")).map(one -> one.path("service").asText() + " " + switch (one.path("begun").asText()) {
            case "failed" -> one.path("exitStatus").asInt() == 124 ? "took too long" : "failed (" + one.path("exitStatus").asInt() + ")";
            default -> one.path("begun").asText();
        }).collect(Collectors.joining(", ")));
    }

    private void resources() {
        JsonNode usage = runtime.path("usage");
        List<String> used = new ArrayList<>();
        if (usage.has("cpuMicroseconds")) {
            used.add(String.format(Locale.ROOT, "%.1f s of processor time", usage.get("cpuMicroseconds").asLong() / (double) MICROS));
        }
        if (usage.has("memoryBytes")) {
            used.add("memory " + Counters.size(usage.get("memoryBytes").asLong()));
        }
        if (usage.has("processes")) {
            used.add(usage.get("processes").asLong() + " processes");
        }
        if (usage.has("receivedBytes")) {
            used.add("received " + Counters.size(usage.get("receivedBytes").asLong()) + ", sent " + Counters.size(usage.path("sentBytes").asLong()));
        }
        line("uses", String.join(", ", used));
        line("limits", join(runtime.path("limits"), " "));
    }

    private void openness() {
        String profile = context.path("settings").path("PROFILE").asText("default");
        line("profile", profile + (runtime.path("privileged").asBoolean() ? ", PRIVILEGED: its root can become root on the host" : ""));
        for (JsonNode opening : runtime.path("openings")) {
            line("open", opening.asText());
        }
        for (JsonNode drift : runtime.path("drift")) {
            line("drift", drift.asText());
        }
    }

    private void log() {
        line("log", context.path("logFile").asText());
        for (JsonNode last : runtime.path("logTail")) {
            lines.add("    " + last.asText());
        }
    }

    private String text(String key) {
        return runtime.path(key).asText();
    }

    private static String join(JsonNode array, String between) {
        return stream(array).map(JsonNode::asText).collect(Collectors.joining(between));
    }

    private static java.util.stream.Stream<JsonNode> stream(JsonNode array) {
        Iterator<JsonNode> elements = array.elements();
        return StreamSupport.stream(((Iterable<JsonNode>) () -> elements).spliterator(), false);
    }
}
