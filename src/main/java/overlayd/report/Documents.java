package overlayd.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Cable;
import overlayd.config.Problem;
import overlayd.config.SubhostConfig;
import overlayd.config.Upstream;
import overlayd.failure.Failure;
import overlayd.plan.BootPlan;
import overlayd.plan.HostStep;
import overlayd.plan.MountStep;
import overlayd.state.Course;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subhost.Net;
import overlayd.subhost.Networks;
import overlayd.subject.Locator;
import overlayd.varlink.Json;

/** The types of org.overlayd.Subhost, made of our values. What is absent is left out. */
public final class Documents {
    private static final long MICROS = 1_000_000;

    private Documents() {
    }

    public static ArrayNode texts(List<String> texts) {
        ArrayNode array = Json.array();
        texts.forEach(array::add);
        return array;
    }

    private static ObjectNode putUnlessEmpty(ObjectNode object, String key, String text) {
        return text.isEmpty() ? object : object.put(key, text);
    }

    public static ArrayNode problems(List<Problem> problems) {
        ArrayNode array = Json.array();
        problems.forEach(p -> array.add(putUnlessEmpty(Json.object().put("severity", p.severity().word()).put("file", ByteText.of(p.file()))
                .put("line", p.line()).put("column", p.column()).put("rule", p.rule()).put("message", p.message()), "remedy", p.remedy())));
        return array;
    }

    public static ObjectNode difference(Path file, Upstream.Difference difference) {
        ObjectNode object = Json.object().put("file", ByteText.of(file));
        difference.at().ifPresent(at -> object.put("line", at.line()).put("column", at.column()));
        return object.put("key", difference.key().name()).put("text", difference.text());
    }

    public static ObjectNode failure(Failure failure) {
        ObjectNode object = Json.object().put("step", failure.step());
        object.set("operands", texts(failure.operands().isEmpty() ? List.of() : List.of(failure.operands())));
        putUnlessEmpty(object, "errnoName", failure.errnoName());
        putUnlessEmpty(object, "kernelMessage", failure.kernelMessage());
        putUnlessEmpty(object, "cause", failure.cause());
        putUnlessEmpty(object, "remedy", failure.remedy());
        return object.put("undone", failure.undone());
    }

    /** ProcessId; empty when there is none. */
    public static Optional<ObjectNode> process(SubhostRecord subhost) {
        return subhost.initPid() == 0 ? Optional.empty() : Optional.of(Json.object().put("pid", subhost.initPid())
                .put("startTime", subhost.life().initStart()).put("bootId", subhost.bootId()));
    }

    public static ObjectNode summary(Rows.Row row, Optional<SubhostRecord> subhost) {
        ObjectNode object = Json.object().put("name", row.name()).put("state", row.stateWord()).put("degraded", row.degraded());
        putUnlessEmpty(object, "reason", row.reason());
        subhost.flatMap(Documents::process).ifPresent(process -> object.set("initProcess", process));
        if (row.bootedAt() != 0) {
            object.set("startedAt", timestamp(row.bootedAt()));
        }
        object.set("addresses", addresses(row.addresses()));
        putUnlessEmpty(object, "rootKind", row.rootKind());
        putUnlessEmpty(object, "configurationFile", row.file());
        return putUnlessEmpty(object.put("privileged", row.privileged()), "userns", row.userns());
    }

    private static ObjectNode timestamp(long seconds) {
        return Json.object().put("realtime", seconds * MICROS);
    }

    private static ArrayNode addresses(List<Rows.Address> addresses) {
        ArrayNode array = Json.array();
        addresses.forEach(address -> array.add(address.json()));
        return array;
    }

    public static ArrayNode steps(BootPlan plan) {
        ArrayNode array = Json.array();
        plan.steps().forEach(step -> {
            ObjectNode object = Json.object().put("step", step.name());
            object.set("operands", texts(List.of(step.operands())));
            step.undo().ifPresent(undo -> object.put("undo", undo.name() + " " + undo.operands()));
            array.add(object.put("place", step instanceof HostStep ? "host" : step instanceof MountStep ? "namespaces" : "subhost"));
        });
        return array;
    }

    /** What was configured: of the record, and of the file as far as that has not changed since. */
    static ObjectNode context(SubhostRecord subhost) {
        ObjectNode object = Json.object().put("name", subhost.name()).put("configurationFile", subhost.file());
        boolean changed = changed(subhost);
        Optional<SubhostConfig> config = changed ? Optional.empty() : Locator.read(ByteText.path(subhost.file()));
        object.put("configurationChanged", changed).put("rootKind", subhost.root().kind());
        object.set("lowerDirectories", texts(subhost.root().lower()));
        putUnlessEmpty(object, "upperDirectory", subhost.root().upper());
        putUnlessEmpty(object, "workDirectory", subhost.root().work());
        object.put("liveDirectory", subhost.root().live()).put("hostname", config.flatMap(c -> c.boot().hostname()).orElse(subhost.name()));
        putUnlessEmpty(object, "logFile", subhost.asked().log());
        object.set("services", texts(subhost.asked().services()));
        object.set("cables", config.map(Documents::cables).orElseGet(() -> hostEnds(subhost)));
        ArrayNode shares = object.putArray("shares");
        config.ifPresent(c -> c.shares().forEach(share -> shares.addObject().put("source", ByteText.of(share.host()))
                .put("target", ByteText.of(share.subhost())).put("readOnly", share.readOnly())));
        object.set("settings", settings(subhost));
        return object;
    }

    private static boolean changed(SubhostRecord subhost) {
        if (subhost.file().isEmpty()) {
            return true;
        }
        try {
            Path file = ByteText.path(subhost.file());
            return subhost.life().bootedAt() != 0 && Files.getLastModifiedTime(file).toMillis() / 1000 > subhost.life().bootedAt();
        } catch (java.io.IOException gone) {
            return true;
        }
    }

    private static ArrayNode cables(SubhostConfig config) {
        ArrayNode array = Json.array();
        for (Cable cable : config.cables()) {
            ObjectNode object = array.addObject().put("hostEnd", config.hostEnd(cable.index())).put("subhostEnd", cable.subhostEnd());
            cable.bridge().ifPresent(bridge -> object.put("bridge", bridge));
            cable.mac().ifPresent(mac -> object.put("hardwareAddress", mac.toString()));
            ArrayNode tags = object.putArray("vlanTags");
            cable.vlans().forEach(vlan -> tags.add(vlan.tag()));
        }
        return array;
    }

    /** When the file tells nothing any more: host ends NAMEi belong to ethi. */
    private static ArrayNode hostEnds(SubhostRecord subhost) {
        ArrayNode array = Json.array();
        subhost.onHost().hostEnds().stream().filter(end -> !end.contains(".")).forEach(end -> array.addObject().put("hostEnd", end)
                .put("subhostEnd", "eth" + end.substring(Math.min(end.length(), subhost.name().length()))));
        return array;
    }

    private static ObjectNode settings(SubhostRecord subhost) {
        ObjectNode object = Json.object();
        Map.of("NAME", subhost.name(), "LIVE", subhost.root().live(), "LOWER", String.join(":", subhost.root().lower()), "UPPER", subhost.root().upper(),
                "WORK", subhost.root().work(), "LOG", subhost.asked().log(), "START",
                subhost.asked().services().isEmpty() ? "none" : String.join(" ", subhost.asked().services()))
                .entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(e -> object.put(e.getKey(), e.getValue()));
        subhost.asked().settings().forEach(line -> object.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        return object;
    }

    /** What is so now. */
    static ObjectNode runtime(SubhostRecord subhost, Rows.Row row, Optional<Audits.Audit> audit) {
        ObjectNode object = Json.object().put("state", row.stateWord());
        putUnlessEmpty(object, "reason", row.reason());
        object.put("degraded", row.degraded());
        process(subhost).ifPresent(process -> object.set("initProcess", process));
        if (subhost.life().bootedAt() != 0) {
            object.set("startedAt", timestamp(subhost.life().bootedAt()));
        }
        exit(subhost.life().exit(), object);
        object.set("addresses", addresses(row.addresses()));
        if (subhost.state() == SubhostState.RUNNING || subhost.state() == SubhostState.PAUSED) {
            object.put("networkNamespace", "/run/netns/" + subhost.name());
        }
        audit.ifPresent(found -> {
            object.put("privileged", found.privileged());
            object.set("openings", texts(found.holes().stream().map(hole -> "its root " + hole.what()).toList()));
        });
        return object;
    }

    /** The record has it in words: "exited with status 7", "killed by SIGKILL". */
    private static void exit(String words, ObjectNode object) {
        String last = words.substring(words.lastIndexOf(' ') + 1);
        if (words.startsWith("exited") && last.matches("[0-9]{1,3}")) {
            object.put("exitStatus", Integer.parseInt(last));
        } else if (words.startsWith("killed")) {
            object.put("exitSignal", last.toUpperCase(Locale.ROOT));
        }
    }

    /** Of the type Span each. */
    public static ArrayNode spans(Course course) {
        ArrayNode array = Json.array();
        course.spans().forEach(span -> array.addObject().put("kind", span.word()).put("name", span.name())
                .put("startMicroseconds", span.start()).put("microseconds", span.micros()));
        return array;
    }

    /** The rows as the interface describes a Network. */
    public static ArrayNode networks(List<Networks.Row> rows) {
        ArrayNode all = Json.array();
        for (Networks.Row row : rows) {
            ObjectNode one = Json.object().put("name", row.net().name());
            ArrayNode addresses = one.putArray("addresses");
            row.net().addresses().forEach(address -> addresses.add(address.toString()));
            one.put("masquerade", row.net().masqueraded() == Net.Masquerade.YES);
            if (!row.trouble().isEmpty()) {
                one.put("trouble", row.trouble());
            }
            row.users().forEach(one.putArray("users")::add);
            all.add(one);
        }
        return all;
    }
}
