package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Strictness;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.ImageMount.Access;
import overlayd.report.Documents;
import overlayd.site.NewSite;
import overlayd.site.SiteRemoval;
import overlayd.subhost.DiskRequest;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.SiteHandlers;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** What org.overlayd.Subhost does for subhosts that are not there yet, or are to go: what overlay new, overlay remove and overlay-diskfile do. */
final class SiteService implements SiteHandlers {
    private final Door door;
    private final NewSite.Places places;
    private final SiteRemoval removal;
    private final WireSubjects subjects;

    SiteService(Door door, NewSite.Places places, SiteRemoval removal, WireSubjects subjects) {
        this.door = door;
        this.places = places;
        this.removal = removal;
        this.subjects = subjects;
    }

    @Override
    public void create(Call call) throws VarlinkError {
        String name = call.parameters().path("name").asText();
        String bridge = call.parameters().path("bridge").asText("");
        if (!NewSite.isName(name) || !NewSite.isBridge(bridge)) {
            throw VarlinkError.invalidParameter(NewSite.isName(name) ? "bridge" : "name");
        }
        NewSite site = new NewSite(name, place(call, "base").orElseGet(() -> places.base(name)), place(call, "lower").orElse(Path.of("/")), bridge,
                places.file(name));
        try {
            site.make();
            call.reply(Json.object().put("configurationFile", ByteText.of(site.file())));
        } catch (RefusedException refused) {
            throw refused.kind() == RefusedException.Kind.CONFIG ? VarlinkError.invalidParameter("lower") : error("make directories", name, refused);
        }
    }

    private static Optional<Path> place(Call call, String parameter) throws VarlinkError {
        if (!call.parameters().hasNonNull(parameter)) {
            return Optional.empty();
        }
        Path path = path(call, parameter);
        if (!NewSite.fits(path)) {
            throw VarlinkError.invalidParameter(parameter);
        }
        return Optional.of(path);
    }

    private static Path path(Call call, String parameter) throws VarlinkError {
        String text = call.parameters().path(parameter).asText();
        if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
            throw VarlinkError.invalidParameter(parameter);
        }
        return ByteText.path(text).normalize();
    }

    @Override
    public void remove(Call call) throws VarlinkError {
        Path file = subjects.file(call);
        String name = Locator.nameIn(file);
        try {
            SiteRemoval.Loss loss = removal.loss(file);
            if (!call.parameters().path("dryRun").asBoolean()) {
                removal.remove(loss);
            }
            ObjectNode reply = Json.object();
            ArrayNode trees = reply.putArray("trees");
            loss.trees().forEach(tree -> trees.addObject().put("path", ByteText.of(tree.path())).put("files", tree.files()).put("bytes", tree.bytes()));
            call.reply(reply.put("configurationFile", ByteText.of(file)));
        } catch (RefusedException refused) {
            throw refused.kind() == RefusedException.Kind.CONFIG ? SubhostError.configInvalid(Documents.problems(door.plan(file, Strictness.BOOT).problems()))
                    : error("remove directories", name, refused);
        }
    }

    private VarlinkError error(String step, String name, RefusedException refused) {
        return switch (refused.kind()) {
            case EXISTS -> SubhostError.inTheWay(name, refused.getMessage());
            case STEP -> SubhostError.stepFailed(Documents.failure(refused.failure().orElseGet(() -> told(step, name, refused))));
            case CONFIG, UNKNOWN, BUSY, NOT_RUNNING, CANCELLED -> subjects.error(name, refused);
        };
    }

    /** One that one sentence tells. */
    private static Failure told(String step, String operand, RefusedException refused) {
        return new Failure(step, operand, "", "", refused.getMessage(), "", refused.getMessage().endsWith("nothing was made"));
    }

    @Override
    public void mountDisk(Call call) throws VarlinkError {
        Path point = path(call, "mountPoint");
        Path disk = path(call, "disk");
        JsonNode partition = call.parameters().path("partition");
        if (point.getParent() == null) {
            throw VarlinkError.invalidParameter("mountPoint");
        }
        if (partition.isNumber() && (partition.longValue() < 1 || partition.longValue() > 99_999)) {
            throw VarlinkError.invalidParameter("partition");
        }
        Optional<Integer> index = partition.isNumber() ? Optional.of(partition.intValue()) : Optional.empty();
        Access access = call.parameters().path("writable").asBoolean() ? Access.READ_WRITE : Access.READ_ONLY;
        try {
            door.mountDisk(call.peer().pid(), new DiskRequest(point, point, disk, index, point.getParent(), access));
            call.reply(Json.object());
        } catch (RefusedException refused) {
            throw SubhostError.stepFailed(Documents.failure(new Failure("mount disk", ByteText.of(disk), "", "", refused.getMessage(), "", true)));
        }
    }
}
