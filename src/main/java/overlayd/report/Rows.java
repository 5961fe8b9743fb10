package overlayd.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.config.SubhostConfig;
import overlayd.config.Userns;
import overlayd.security.Hole;
import overlayd.security.Holes;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.varlink.Json;

/** Subhosts as rows: what a table, a list in JSON and the summaries of the wire tell of each. */
public final class Rows {
    /** One subhost; {@code initPid} and {@code bootedAt} are 0 when it does not run. {@code userns}: START:COUNT, auto, or empty. */
    public record Row(String name, SubhostState state, String reason, int initPid, long bootedAt, List<Address> addresses, String rootKind,
            String file, boolean privileged, String userns) {
        /** The reason as a reader sees it: that its root is the host's, or nobody there, comes first. */
        public String remarks() {
            return Stream.of(privileged ? "PRIVILEGED" : "", userns.isEmpty() ? "" : "USERNS=" + userns, reason).filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(", "));
        }

        public boolean degraded() {
            return state == SubhostState.RUNNING && !reason.isEmpty();
        }

        public String stateWord() {
            return state.word();
        }
    }

    /** An address inside; {@code prefixed} is {@code 192.0.2.5/24}. */
    public record Address(String link, String prefixed) {
        static Address parse(String text) {
            int blank = text.indexOf(' ');
            return new Address(text.substring(0, Math.max(0, blank)), text.substring(blank + 1));
        }

        public String plain() {
            return prefixed.replaceFirst("/.*", "");
        }

        public ObjectNode json() {
            return Json.object().put("interface", link).put("address", prefixed);
        }
    }

    private final Door door;
    private final Locator locator;
    private final Clock clock;

    public Rows(Door door, Locator locator, Clock clock) {
        this.door = door;
        this.locator = locator;
        this.clock = clock;
    }

    /** Subhosts that are live or failed, by name. */
    public List<Row> current() {
        return door.list().stream().filter(s -> s.state() != SubhostState.STOPPED).map(this::row).toList();
    }

    /** Also those that are stopped, and configurations that were never booted. */
    public List<Row> all() {
        List<Row> rows = new ArrayList<>(door.list().stream().map(this::row).toList());
        locator.installed().forEach(file -> {
            Optional<SubhostConfig> config = Locator.read(file);
            String name = config.map(SubhostConfig::name).orElseGet(() -> Locator.nameIn(file));
            if (rows.stream().noneMatch(row -> row.name().equals(name))) {
                rows.add(new Row(name, SubhostState.STOPPED, "", 0, 0, List.of(),
                        config.map(c -> c.root().kind().name().toLowerCase(Locale.ROOT)).orElse(""), ByteText.of(file), config.map(c -> Holes.of(c.security()).stream().anyMatch(h -> h.gravity() == Hole.Gravity.HOST)).orElse(false),
                        config.map(c -> userns(c.security().userns())).orElse("")));
            }
        });
        return rows.stream().sorted(Comparator.comparing(Row::name)).toList();
    }

    public Row row(SubhostRecord subhost) {
        boolean live = subhost.state().isLive() && subhost.initPid() > 0;
        boolean up = subhost.state() == SubhostState.RUNNING || subhost.state() == SubhostState.PAUSED;
        List<String> addresses = up ? door.addresses(subhost.name()) : List.of();
        return new Row(subhost.name(), subhost.state(), reason(subhost), live ? subhost.initPid() : 0, live ? subhost.life().bootedAt() : 0,
                addresses.stream().map(Address::parse).toList(), subhost.root().kind(), subhost.file(),
                Holes.privileged(subhost.asked().settings()), userns(Holes.security(subhost.asked().settings()).userns()));
    }

    /** With those that it requires and that do not run any more: they ended by themselves, and may come back. */
    private String reason(SubhostRecord subhost) {
        if (subhost.state() != SubhostState.RUNNING) {
            return subhost.reason();
        }
        Stream<String> missing = subhost.upkeep().waits().requires().stream().filter(name -> !door.find(name).map(other -> other.state().isLive()
                || other.state() == SubhostState.FOREIGN).orElse(false)).map(name -> "requires " + name + ", which does not run");
        return Stream.concat(Stream.of(subhost.reason()).filter(text -> !text.isEmpty()), missing).collect(Collectors.joining(", "));
    }

    private static String userns(Userns userns) {
        return userns.wanted() ? userns.range().map(Object::toString).orElse("auto") : "";
    }

    /** One array, an object a line. */
    public String json(List<Row> rows) {
        return rows.stream().map(row -> new String(Json.write(object(row)), StandardCharsets.UTF_8))
                .collect(Collectors.joining(",\n", "[", "]\n"));
    }

    private ObjectNode object(Row row) {
        ObjectNode object = Json.object().put("name", row.name()).put("state", row.stateWord()).put("degraded", row.degraded());
        object.put("reason", row.reason().isEmpty() ? null : row.reason());
        object.put("initPid", row.initPid() == 0 ? null : (Integer) row.initPid());
        object.put("uptimeSeconds", row.bootedAt() == 0 ? null : (Long) uptime(row));
        ArrayNode list = object.putArray("addresses");
        row.addresses().forEach(address -> list.add(address.json()));
        object.put("rootKind", row.rootKind().isEmpty() ? null : row.rootKind());
        return object.put("file", row.file().isEmpty() ? null : row.file()).put("privileged", row.privileged())
                .put("userns", row.userns().isEmpty() ? null : row.userns());
    }

    /** Seconds since its boot. */
    public long uptime(Row row) {
        return Math.max(0, clock.instant().getEpochSecond() - row.bootedAt());
    }
}
