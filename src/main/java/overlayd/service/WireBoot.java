package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.report.Documents;
import overlayd.state.SubhostRecord;
import overlayd.subhost.Progress;
import overlayd.subhost.Subhosts;
import overlayd.subject.Directories;
import overlayd.subject.Door;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** A boot or a stop of one subhost for a program. */
record WireBoot(Door door) {
    /** How to boot, as the parameters of a call say. */
    record Wish(Subhosts.BootWish boot, boolean createDirectories) {
        static Wish of(Call call) {
            return new Wish(new Subhosts.BootWish(call.parameters().path("strict").asBoolean(), Optional.empty(), Subhosts.Keeper.OVERLAYD),
                    call.parameters().path("createDirectories").asBoolean());
        }
    }

    Subhosts.Booted boot(Path file, Wish wish, Progress progress) throws RefusedException, VarlinkError {
        Directories directories = new Directories();
        try {
            if (wish.createDirectories()) {
                directories.make(file);
            }
            return door.boot(file, wish.boot(), progress);
        } catch (RefusedException refused) {
            directories.takeBack();
            throw refused;
        } catch (IOException refused) {
            directories.takeBack();
            Failure failure = new Failure("make directory", String.valueOf(refused.getMessage()), "", "", "", "", true);
            throw SubhostError.stepFailed(Documents.failure(failure));
        }
    }

    static ObjectNode booted(Subhosts.Booted booted) {
        SubhostRecord subhost = booted.subhost();
        ObjectNode reply = Json.object().put("name", subhost.name());
        Documents.process(subhost).ifPresent(process -> reply.set("initProcess", process));
        reply.put("degraded", !subhost.reason().isEmpty());
        if (!subhost.reason().isEmpty()) {
            reply.put("reason", subhost.reason());
        }
        reply.set("warnings", Documents.problems(booted.warnings()));
        return reply;
    }

    /** force and timeoutSeconds of a call. */
    static Subhosts.StopWish stopWish(Call call) throws VarlinkError {
        return new Subhosts.StopWish(call.parameters().path("force").asBoolean(), seconds(call, 86_400));
    }

    /** timeoutSeconds of a call. */
    static Optional<Duration> seconds(Call call, long most) throws VarlinkError {
        JsonNode seconds = call.parameters().path("timeoutSeconds");
        if (seconds.isNumber() && (seconds.longValue() < 0 || seconds.longValue() > most)) {
            throw VarlinkError.invalidParameter("timeoutSeconds");
        }
        return seconds.isNumber() ? Optional.of(Duration.ofSeconds(seconds.longValue())) : Optional.empty();
    }
}
