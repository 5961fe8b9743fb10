package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import overlayd.config.Problem;
import overlayd.failure.RefusedException;
import overlayd.group.BootSet;
import overlayd.group.GroupBoot;
import overlayd.group.GroupRestart;
import overlayd.group.Procession;
import overlayd.group.StopSet;
import overlayd.state.SubhostRecord;
import overlayd.subhost.Subhosts;
import overlayd.subject.Autostart;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Neighbours;
import overlayd.varlink.Call;
import overlayd.varlink.GroupHandlers;
import overlayd.varlink.Json;
import overlayd.varlink.VarlinkError;

/** org.overlayd.Group: what overlay-boot and overlay-stop do with several subhosts, for programs. */
final class GroupService implements GroupHandlers {
    private static final String INTERFACE = "org.overlayd.Group.";

    private final Door door;
    private final Locator locator;
    private final Autostart autostart;
    private final WireSubjects subjects;

    GroupService(Door door, Locator locator, Autostart autostart, WireSubjects subjects) {
        this.door = door;
        this.locator = locator;
        this.autostart = autostart;
        this.subjects = subjects;
    }

    @Override
    public void boot(Call call) throws VarlinkError {
        BootSet set = bootSet(call);
        if (!set.others().isEmpty()) {
            throw noOrder(set.others());
        }
        List<ObjectNode> outcomes = new GroupBoot<>(door, set, new GroupBooting(new WireBoot(door), WireBoot.Wish.of(call), subjects,
                new GroupProgress(call))).run();
        answer(call, outcomes);
    }

    @Override
    public void order(Call call) throws VarlinkError {
        BootSet set = bootSet(call);
        if (!set.allProblems().isEmpty()) {
            throw noOrder(set.allProblems());
        }
        ObjectNode reply = Json.object();
        ArrayNode levels = reply.putArray("levels");
        set.graph().levels().forEach(level -> level.forEach(levels.addObject().putArray("subhosts")::add));
        call.reply(reply);
    }

    @Override
    public void stop(Call call) throws VarlinkError {
        Subhosts.StopWish wish = WireBoot.stopWish(call);
        List<SubhostRecord> records = door.list();
        StopSet set = StopSet.of(isAll(call) ? StopSet.everybody(records) : names(call), records);
        Map<String, ObjectNode> outcomes = new ConcurrentHashMap<>();
        GroupProgress progress = new GroupProgress(call);
        Procession.run(set.order(), name -> {
            outcomes.put(name, progress.about(name, () -> stop(name, wish, progress)));
            return true;
        }, edge -> { });
        answer(call, set.order().levels().stream().flatMap(List::stream).map(outcomes::get).toList());
    }

    @Override
    public void restart(Call call) throws VarlinkError {
        Subhosts.StopWish how = WireBoot.stopWish(call);
        List<String> names = names(call);
        if (names.isEmpty()) {
            throw VarlinkError.invalidParameter("subhosts");
        }
        GroupRestarting work = new GroupRestarting(door, how, subjects, new GroupProgress(call));
        List<ObjectNode> outcomes = new ArrayList<>();
        names.forEach(name -> outcomes.addAll(GroupRestart.run(door, name, work)));
        answer(call, outcomes);
    }

    private ObjectNode stop(String name, Subhosts.StopWish wish, GroupProgress progress) {
        try {
            boolean stopped = door.find(name).isPresent() && door.stop(name, wish, progress.of(name));
            return Outcomes.of(name, stopped ? "done" : "already");
        } catch (RefusedException refused) {
            return Outcomes.failed(name, refused.getMessage(), subjects.error(name, refused));
        }
    }

    private static void answer(Call call, Collection<ObjectNode> outcomes) {
        ObjectNode reply = Json.object();
        reply.putArray("outcomes").addAll(outcomes);
        call.reply(reply);
    }

    private BootSet bootSet(Call call) throws VarlinkError {
        boolean all = isAll(call);
        List<Path> files = new ArrayList<>();
        if (all) {
            for (Autostart.Entry entry : autostart.entries()) {
                files.add(entry.file().orElseThrow(() -> noSuchSubhost(entry.reference())));
            }
        } else {
            for (String reference : references(call)) {
                files.add(locator.file(reference, Optional.empty()).orElseThrow(() -> noSuchSubhost(reference)));
            }
        }
        return BootSet.of(files, all ? BootSet.Why.LISTED : BootSet.Why.ASKED, door, new Neighbours(locator, door::list));
    }

    private List<String> names(Call call) throws VarlinkError {
        List<String> names = new ArrayList<>();
        for (String reference : references(call)) {
            names.add(locator.subhost(reference, Optional.empty()).orElseThrow(() -> noSuchSubhost(reference)).name());
        }
        return names;
    }

    private static boolean isAll(Call call) throws VarlinkError {
        boolean all = call.parameters().path("all").asBoolean();
        if (all == !references(call).isEmpty()) {
            throw VarlinkError.invalidParameter(all ? "all" : "subhosts");
        }
        return all;
    }

    private static List<String> references(Call call) throws VarlinkError {
        List<String> references = new ArrayList<>();
        for (JsonNode reference : call.parameters().path("subhosts")) {
            if (reference.asText().isEmpty() || reference.asText().indexOf('\0') >= 0) {
                throw VarlinkError.invalidParameter("subhosts");
            }
            references.add(reference.asText());
        }
        return references;
    }

    private static VarlinkError noSuchSubhost(String name) {
        return new VarlinkError(INTERFACE + "NoSuchSubhost", Json.object().put("name", name));
    }

    private static VarlinkError noOrder(List<Problem> problems) {
        ObjectNode parameters = Json.object();
        problems.forEach(problem -> parameters.withArray("problems").add(problem.text()));
        return new VarlinkError(INTERFACE + "NoOrder", parameters);
    }
}
