package overlayd.service;

import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.group.TrialVisit;
import overlayd.kernel.KernelException;
import overlayd.subhost.InsideCommand;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.VarlinkError;

/** Trial.Run with a subhost: its command runs in a throw-away subhost, with Exec's parameters. */
record VisitService(Door door, Locator locator, TrialVisit visit, WireStreams streams) {
    private static final String INTERFACE = "org.overlayd.Trial.";

    /** What a command's run may meet besides a refusal of the boot. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private Broken(Exception cause) {
            super(cause);
        }
    }

    TrialVisit.Visited<InsideCommand.Outcome> run(Call call, String words) throws VarlinkError, RefusedException, KernelException {
        String reference = call.parameters().path("subhost").asText();
        Locator.Named named = locator.subhost(reference, Optional.empty())
                .orElseThrow(() -> new VarlinkError(INTERFACE + "NoSuchSubhost", Json.object().put("name", reference)));
        try {
            return visit.<InsideCommand.Outcome, Broken>go(named, words, name -> inside(call, name));
        } catch (Broken broken) {
            if (broken.getCause() instanceof VarlinkError wrong) {
                throw wrong;
            }
            throw (KernelException) broken.getCause();
        }
    }

    private InsideCommand.Outcome inside(Call call, String name) throws Broken, RefusedException {
        try {
            InsideCommand.Outcome outcome = streams.run(call, door.find(name).orElseThrow());
            if (outcome.execErrno().isPresent()) {
                throw new VarlinkError(INTERFACE + "CommandNotExecutable", Json.object().put("command", call.parameters().path("command").path(0).asText())
                        .put("errnoName", outcome.execErrno().get().name()));
            }
            return outcome;
        } catch (VarlinkError | KernelException wrong) {
            throw new Broken(wrong);
        }
    }
}
