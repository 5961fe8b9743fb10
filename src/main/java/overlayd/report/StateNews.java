package overlayd.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import overlayd.state.SubhostState;
import overlayd.subhost.News;
import overlayd.subhost.StateChange;
import overlayd.subject.Shown;
import overlayd.varlink.Json;

/** News of subhosts as lines and as the type Event of org.overlayd.Subhost; and what a state that is waited for is called. */
public final class StateNews {
    private static final long MICROS = 1000;

    private StateNews() {
    }

    /** {@code TIME NAME STATE [REASON]}; {@code (now)} before the reason of what is no change. */
    public static String line(News.Item item) {
        if (item.change().isEmpty()) {
            return "- - lost " + item.lost() + " changes; what is so now follows\n";
        }
        StateChange change = item.change().get();
        String time = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(Instant.ofEpochMilli(change.millis()).truncatedTo(ChronoUnit.MILLIS)
                .atZone(ZoneId.systemDefault()));
        return Shown.of(time + " " + change.name() + " " + word(change) + (item.kind() == News.Kind.PRESENT ? " (now)" : "")
                + (change.reason().isEmpty() ? "" : " " + change.reason())).replace('\n', ' ') + "\n";
    }

    /** The type Event. */
    public static ObjectNode json(News.Item item) {
        ObjectNode event = Json.object().put("kind", item.kind().name().toLowerCase(Locale.ROOT));
        item.change().ifPresent(change -> {
            event.set("at", Json.object().put("realtime", change.millis() * MICROS));
            event.put("name", change.name()).put("state", change.state().word()).put("degraded", change.degraded());
            if (!change.reason().isEmpty()) {
                event.put("reason", change.reason());
            }
            if (change.initPid() != 0) {
                event.put("initPid", change.initPid());
            }
        });
        if (item.change().isEmpty()) {
            event.put("lost", item.lost());
        }
        return event;
    }

    /** As the list shows it: degraded is a word of its own. */
    static String word(StateChange change) {
        return change.degraded() ? "degraded" : change.state().word();
    }

    /** Whether a change is what {@code word} asks for: running is also what is degraded. */
    static boolean is(String word, SubhostState state, String reason) {
        return word.equals("degraded") ? state == SubhostState.RUNNING && !reason.isEmpty() : word.equals(state.word());
    }

    /** A gap concerns everybody. */
    public static boolean concerns(News.Item item, Optional<String> name) {
        return name.isEmpty() || item.change().isEmpty() || item.change().get().name().equals(name.get());
    }
}
