package overlayd.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
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
import overlayd.varlink.Json;

/** Subhosts as rows of a table, as JSON, and as the summaries of the wire. */
final class Listing {
    /** One subhost; {@code initPid} and {@code bootedAt} are 0 when it does not run. {@code userns}: START:COUNT, auto, or empty. */
    record Row(String name, SubhostState state, String reason, int initPid, long bootedAt, List<Address> addresses, String rootKind,
            String file, boolean privileged, String userns) {
        /** The reason as a reader sees it: that its root is the host's, or nobody there, comes first. */
        String remarks() {
            return Stream.of(privileged ? "PRIVILEGED" : "", userns.isEmpty() ? "" : "USERNS=" + userns, reason).filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(", "));
        }

        boolean degraded() {
            return state == SubhostState.RUNNING && !reason.isEmpty();
        }

        String stateWord() {
            return state.name().toLowerCase(Locale.ROOT);
        }
    }

    /** An address inside; {@code prefixed} is {@code 192.0.2.5/24}. */
    record Address(String link, String prefixed) {
        static Address parse(String text) {
            int blank = text.indexOf(' ');
            return new Address(text.substring(0, Math.max(0, blank)), text.substring(blank + 1));
        }

        String plain() {
            return prefixed.replaceFirst("/.*", "");
        }

        ObjectNode json() {
            return Json.object().put("interface", link).put("address", prefixed);
        }
    }

    private final Door door;
    private final Locator locator;
    private final Clock clock;

    Listing(Door door, Locator locator, Clock clock) {
        this.door = door;
        this.locator = locator;
        this.clock = clock;
    }

    /** Subhosts that are live or failed, by name. */
    List<Row> current() {
        return door.list().stream().filter(s -> s.stateOf() != SubhostState.STOPPED).map(this::row).toList();
    }

    /** Also those that are stopped, and configurations that were never booted. */
    List<Row> all() {
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

    Row row(SubhostRecord subhost) {
        boolean live = subhost.stateOf().isLive() && subhost.initPid() > 0;
        boolean up = subhost.stateOf() == SubhostState.RUNNING || subhost.stateOf() == SubhostState.PAUSED;
        List<String> addresses = up ? door.addresses(subhost.name()) : List.of();
        return new Row(subhost.name(), subhost.stateOf(), reason(subhost), live ? subhost.initPid() : 0, live ? subhost.bootedAt() : 0,
                addresses.stream().map(Address::parse).toList(), subhost.rootKind(), subhost.file(),
                Holes.privileged(subhost.settings()), userns(Holes.security(subhost.settings()).userns()));
    }

    /** With those that it requires and that do not run any more: they ended by themselves, and may come back. */
    private String reason(SubhostRecord subhost) {
        if (subhost.stateOf() != SubhostState.RUNNING) {
            return subhost.reason();
        }
        Stream<String> missing = subhost.upkeep().waits().requires().stream().filter(name -> !door.find(name).map(other -> other.stateOf().isLive()
                || other.stateOf() == SubhostState.FOREIGN).orElse(false)).map(name -> "requires " + name + ", which does not run");
        return Stream.concat(Stream.of(subhost.reason()).filter(text -> !text.isEmpty()), missing).collect(Collectors.joining(", "));
    }

    private static String userns(Userns userns) {
        return userns.wanted() ? userns.range().map(Object::toString).orElse("auto") : "";
    }

    /** What overlay-go prints without a name: the running ones. */
    int running(Invocation invocation) throws UsageException {
        List<Row> rows = current().stream().filter(row -> row.state() == SubhostState.RUNNING).toList();
        if (rows.isEmpty()) {
            invocation.complain("overlay-go", "", "no subhost is running");
        } else {
            print(rows, invocation, Palette.of(Optional.empty(), invocation));
        }
        return ExitCode.OK.number();
    }

    /** The table; without headings and with raw times when nobody looks at it. */
    void print(List<Row> rows, Invocation invocation, Palette palette) {
        boolean terminal = invocation.console().outIsTerminal();
        Table table = terminal ? new Table("NAME", "STATE", "INIT", "UPTIME", "ADDRESSES", "ROOT", "FILE", "REASON") : new Table();
        rows.forEach(row -> table.row(row.name(), row.degraded() ? "degraded" : row.stateWord(),
                row.initPid() == 0 ? "" : Integer.toString(row.initPid()),
                row.bootedAt() == 0 ? "" : terminal ? human(uptime(row)) : Long.toString(uptime(row)),
                row.addresses().stream().map(Address::plain).collect(Collectors.joining(",")),
                row.rootKind(), row.file(), row.remarks()));
        List<String> lines = table.lines(terminal ? invocation.console().width() : 0);
        int headings = lines.size() - rows.size();
        StringBuilder text = new StringBuilder();
        lines.subList(0, headings).forEach(line -> text.append(line).append('\n'));
        for (int i = 0; i < rows.size(); i++) {
            text.append(palette.line(lines.get(i + headings), rows.get(i).state(), rows.get(i).degraded())).append('\n');
        }
        invocation.console().out(text.toString());
    }

    /** One array, an object a line. */
    String json(List<Row> rows) {
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

    private long uptime(Row row) {
        return Math.max(0, clock.instant().getEpochSecond() - row.bootedAt());
    }

    /** The two largest units: {@code 3d 4h}, {@code 12m 5s}, {@code 7s}. */
    static String human(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toDays() > 0) {
            return time.toDays() + "d " + time.toHoursPart() + "h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + "h " + time.toMinutesPart() + "m";
        }
        return time.toMinutes() > 0 ? time.toMinutes() + "m " + time.toSecondsPart() + "s" : seconds + "s";
    }
}
