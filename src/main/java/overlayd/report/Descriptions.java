package overlayd.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.Problem;
import overlayd.config.SubhostConfig;
import overlayd.state.SubhostRecord;
import overlayd.subhost.Live;
import overlayd.subject.Locator;
import overlayd.varlink.Json;

/** Everything that is known of one subhost: what its configuration said, and what is; the type Description of org.overlayd.Subhost. */
public final class Descriptions {
    private static final int LOG_LINES = 5;
    private static final int LONGEST_LINE = 500;

    private final Supplier<Live> live;
    private final Rows rows;
    private final Audits audits;
    private final LogReading reading;
    private final Function<SubhostRecord, Optional<String>> changed;

    /** @param changed one line when packages below a running subhost were changed since its boot */
    public Descriptions(Supplier<Live> live, Rows rows, Audits audits, LogReading reading, Function<SubhostRecord, Optional<String>> changed) {
        this.changed = changed;
        this.live = live;
        this.rows = rows;
        this.audits = audits;
        this.reading = reading;
    }

    /** Of one that was booted since the host's start. */
    public ObjectNode of(Locator.Named named, SubhostRecord subhost) {
        ObjectNode description = Json.object();
        description.set("context", Documents.context(subhost));
        ObjectNode runtime = Documents.runtime(subhost, rows.row(subhost), audits.of(named));
        runtime.set("limits", Documents.texts(subhost.upkeep().limits()));
        runtime.put("restart", subhost.upkeep().restart()).put("restarts", subhost.upkeep().restarts());
        runtime.set("serviceStarts", services(subhost.name()));
        live.get().sample(List.of(subhost.name())).subhosts().forEach(one -> runtime.set("usage", Counters.json(one, Counters.Rates.NONE)));
        runtime.set("drift", Documents.texts(drift(named, subhost)));
        runtime.set("logTail", Documents.texts(logTail(subhost)));
        description.set("runtime", runtime);
        return description;
    }

    private ArrayNode services(String name) {
        ArrayNode services = Json.array();
        live.get().services(name).forEach(one -> {
            ObjectNode service = services.addObject().put("service", one.service())
                    .put("begun", one.begun().name().toLowerCase(Locale.ROOT));
            if (one.begun() == Live.Begun.FAILED) {
                service.put("exitStatus", one.status());
            }
        });
        return services;
    }

    /** How its root has come to differ from what it was made of. */
    private List<String> drift(Locator.Named named, SubhostRecord subhost) {
        Optional<SubhostConfig> config = named.file().flatMap(Locator::read);
        return Stream.concat(config.flatMap(Drift::of).map(Problem::message).stream(), changed.apply(subhost).stream()).toList();
    }

    private List<String> logTail(SubhostRecord subhost) {
        if (subhost.asked().log().isEmpty()) {
            return List.of(); // nobody knows where: its record was lost, or overlay-boot 1.6 has booted it
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            reading.read(ByteText.path(subhost.asked().log()), Optional.of(LOG_LINES), bytes::writeBytes);
        } catch (IOException none) {
            return List.of();
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line)
                .toList();
    }
}
