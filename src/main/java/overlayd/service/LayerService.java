package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.generation.Generations;
import overlayd.report.LayerDocuments;
import overlayd.subject.Locator;
import overlayd.trial.Checkpoints;
import overlayd.trial.Drifts;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.LayerHandlers;
import overlayd.varlink.VarlinkError;

/** org.overlayd.Layer over {@link Checkpoints} and {@link Drifts}. */
final class LayerService implements LayerHandlers {
    private static final String INTERFACE = "org.overlayd.Layer.";

    private final Locator locator;
    private final Checkpoints checkpoints;
    private final Drifts drifts;

    LayerService(Locator locator, Checkpoints checkpoints, Drifts drifts) {
        this.locator = locator;
        this.checkpoints = checkpoints;
        this.drifts = drifts;
    }

    private interface Work {
        ObjectNode on(Optional<SubhostConfig> config) throws RefusedException;
    }

    @Override
    public void checkpoint(Call call) throws VarlinkError {
        Optional<String> label = label(call);
        answer(call, stopped(call), config -> Json.object().put("label", checkpoints.checkpoint(config, label)));
    }

    @Override
    public void rollback(Call call) throws VarlinkError {
        Optional<String> label = label(call);
        boolean keep = !call.parameters().path("discard").asBoolean();
        answer(call, stopped(call), config -> {
            ObjectNode reply = Json.object();
            checkpoints.rollback(config, label, keep).ifPresent(kept -> reply.put("kept", kept));
            return reply;
        });
    }

    @Override
    public void list(Call call) throws VarlinkError {
        answer(call, named(call), config -> (ObjectNode) Json.object().set("checkpoints", LayerDocuments.checkpoints(checkpoints.list(config))));
    }

    @Override
    public void delete(Call call) throws VarlinkError {
        Optional<String> label = label(call);
        answer(call, stopped(call), config -> {
            checkpoints.delete(config, label.orElse(""));
            return Json.object();
        });
    }

    @Override
    public void merge(Call call) throws VarlinkError {
        answer(call, stopped(call), config -> {
            checkpoints.merge(config);
            return Json.object();
        });
    }

    @Override
    public void drift(Call call) throws VarlinkError {
        Locator.Named named = named(call);
        answer(call, named, config -> (ObjectNode) Json.object().set("drift", LayerDocuments.drift(named.name(), drifts.report(named.subhost(), config))));
    }

    private static void answer(Call call, Locator.Named named, Work work) throws VarlinkError {
        try {
            call.reply(work.on(named.file().flatMap(Locator::read)));
        } catch (RefusedException refused) {
            throw error(refused);
        }
    }

    private Locator.Named stopped(Call call) throws VarlinkError {
        Locator.Named named = named(call);
        if (named.subhost().filter(subhost -> subhost.state().isLive()).isPresent()) {
            throw reason("Busy", named.name() + " runs");
        }
        return named;
    }

    private Locator.Named named(Call call) throws VarlinkError {
        String reference = call.parameters().path("subhost").asText();
        if (reference.isEmpty() || reference.indexOf('\0') >= 0) {
            throw VarlinkError.invalidParameter("subhost");
        }
        return locator.subhost(reference, Optional.empty()).orElseThrow(() -> new VarlinkError(INTERFACE + "NoSuchSubhost",
                Json.object().put("name", reference)));
    }

    private static Optional<String> label(Call call) throws VarlinkError {
        if (!call.parameters().hasNonNull("label")) {
            return Optional.empty();
        }
        String label = call.parameters().path("label").asText();
        if (!Generations.isLabel(label)) {
            throw VarlinkError.invalidParameter("label");
        }
        return Optional.of(label);
    }

    private static VarlinkError error(RefusedException refused) {
        return switch (refused.kind()) {
            case UNKNOWN -> reason("NoSuchCheckpoint", refused.getMessage());
            case CONFIG -> reason("NotPossible", refused.getMessage());
            case STEP -> {
                ObjectNode failure = Json.object().put("step", refused.failure().map(f -> f.step()).orElse("")).put("message", refused.getMessage());
                refused.failure().filter(f -> !f.errnoName().isEmpty()).ifPresent(f -> failure.put("errnoName", f.errnoName()));
                yield new VarlinkError(INTERFACE + "StepFailed", failure);
            }
            case EXISTS, BUSY, NOT_RUNNING, CANCELLED -> reason("Busy", refused.getMessage());
        };
    }

    private static VarlinkError reason(String error, String why) {
        return new VarlinkError(INTERFACE + error, Json.object().put("reason", why));
    }
}
