package overlayd.service;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.report.Documents;
import overlayd.state.SubhostRecord;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.varlink.Call;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** Which subhost a call of org.overlayd.Subhost means, and what a refusal is called there. */
final class WireSubjects {
    private final Door door;
    private final Locator locator;

    WireSubjects(Door door, Locator locator) {
        this.door = door;
        this.locator = locator;
    }

    /** One that was booted since the host's start. */
    SubhostRecord known(Call call) throws VarlinkError {
        Locator.Named named = named(call);
        return named.subhost().orElseThrow(() -> SubhostError.notRunning(named.name(), "stopped"));
    }

    Locator.Named named(Call call) throws VarlinkError {
        String reference = reference(call);
        return locator.subhost(reference, Optional.empty()).orElseThrow(() -> SubhostError.noSuchSubhost(reference));
    }

    /** The name of whom a reference means; itself where nobody is known by it. */
    String name(String reference) {
        return locator.subhost(reference, Optional.empty()).map(Locator.Named::name).orElse(reference);
    }

    /** The one to boot. */
    Path file(Call call) throws VarlinkError {
        String reference = reference(call);
        return locator.file(reference, Optional.empty()).orElseThrow(() -> SubhostError.noSuchSubhost(reference));
    }

    private static String reference(Call call) throws VarlinkError {
        String reference = call.parameters().path("subhost").asText();
        if (reference.isEmpty() || reference.indexOf('\0') >= 0) {
            throw VarlinkError.invalidParameter("subhost");
        }
        return reference;
    }

    VarlinkError error(String name, RefusedException refused) {
        String state = door.find(name).map(s -> s.state().word()).orElse("stopped");
        return switch (refused.kind()) {
            case CONFIG -> SubhostError.configInvalid(Documents.problems(refused.problems()));
            case STEP -> SubhostError.stepFailed(Documents.failure(refused.failure().orElseThrow()));
            case EXISTS -> SubhostError.subhostExists(name);
            case UNKNOWN -> SubhostError.noSuchSubhost(name);
            case BUSY -> SubhostError.busy(name, state);
            case NOT_RUNNING -> SubhostError.notRunning(name, state);
            case CANCELLED -> SubhostError.cancelled(name, !refused.getMessage().contains("not everything"));
        };
    }
}
