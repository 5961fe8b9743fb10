package overlayd.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import overlayd.failure.RefusedException;
import overlayd.report.Documents;
import overlayd.subhost.Net;
import overlayd.subhost.Networks;
import overlayd.subject.NetWords;
import overlayd.subject.UsageException;
import overlayd.varlink.Call;
import overlayd.varlink.Json;
import overlayd.varlink.NetworkHandlers;
import overlayd.varlink.VarlinkError;

/** org.overlayd.Network over {@link Networks}. */
public final class NetworkService implements NetworkHandlers {
    private static final String INTERFACE = "org.overlayd.Network.";

    private final Supplier<Networks> networks;

    public NetworkService(Supplier<Networks> networks) {
        this.networks = networks;
    }

    @Override
    public void create(Call call) throws VarlinkError {
        List<String> addresses = new ArrayList<>();
        for (JsonNode address : call.parameters().path("addresses")) {
            addresses.add(address.asText());
        }
        String name = call.parameters().path("name").asText();
        try {
            Net net = NetWords.net(name, addresses, call.parameters().path("masquerade").asBoolean());
            ObjectNode reply = Json.object();
            networks.get().create(net).notes().forEach(reply.putArray("notes")::add);
            call.reply(reply);
        } catch (UsageException wrong) {
            throw VarlinkError.invalidParameter(NetWords.isName(name) ? "addresses" : "name");
        } catch (RefusedException refused) {
            throw error(name, refused);
        }
    }

    @Override
    public void list(Call call) {
        call.reply((ObjectNode) Json.object().set("networks", Documents.networks(networks.get().list())));
    }

    @Override
    public void delete(Call call) throws VarlinkError {
        String name = call.parameters().path("name").asText();
        try {
            networks.get().delete(name);
            call.reply(Json.object());
        } catch (RefusedException refused) {
            throw error(name, refused);
        }
    }

    private static VarlinkError error(String name, RefusedException refused) {
        return switch (refused.kind()) {
            case UNKNOWN -> new VarlinkError(INTERFACE + "NoSuchNetwork", Json.object().put("name", name));
            case EXISTS -> new VarlinkError(INTERFACE + "Clash", Json.object().put("reason", refused.getMessage()));
            default -> {
                ObjectNode failure = Json.object().put("step", refused.failure().map(f -> f.step()).orElse(""));
                refused.failure().filter(f -> !f.errnoName().isEmpty()).ifPresent(f -> failure.put("errnoName", f.errnoName()));
                yield new VarlinkError(INTERFACE + "StepFailed", failure.put("message", refused.getMessage())
                        .put("undone", refused.failure().map(f -> f.undone()).orElse(false)));
            }
        };
    }
}
