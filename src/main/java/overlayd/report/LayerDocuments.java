package overlayd.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import overlayd.drift.Report;
import overlayd.trial.Checkpoints;
import overlayd.trial.Trials;
import overlayd.upper.Change;
import overlayd.varlink.Json;

/** What is told of layers: the types of org.overlayd.Layer and org.overlayd.Trial, and Change. */
public final class LayerDocuments {
    private LayerDocuments() {
    }

    /** As the interface describes a Change. */
    public static ObjectNode change(Change change) {
        ObjectNode object = Json.object().put("kind", change.kind().name().toLowerCase(Locale.ROOT)).put("path", "/" + change.path())
                .put("directory", change.directory());
        object.set("details", Documents.texts(change.details()));
        return object;
    }

    /** Of the type Trial each. */
    public static ArrayNode trials(List<Trials.Trial> trials) {
        ArrayNode all = Json.array();
        for (Trials.Trial trial : trials) {
            ObjectNode one = all.addObject().put("id", trial.id()).put("state", trial.state().name().toLowerCase(Locale.ROOT))
                    .put("command", trial.command());
            trial.reason().ifPresent(reason -> one.put("reason", reason));
            if (!trial.subject().isHost()) {
                one.put("subhost", trial.subject().name());
            }
        }
        return all;
    }

    /** Of the type Checkpoint each. */
    public static ArrayNode checkpoints(List<Checkpoints.Row> rows) {
        ArrayNode array = Json.array();
        rows.forEach(row -> {
            var object = array.addObject().put("label", row.generation().label()).put("kind", row.word())
                    .put("madeAt", row.generation().seconds()).put("current", row.current());
            if (!row.generation().below().isEmpty()) {
                object.put("below", row.generation().below());
            }
        });
        return array;
    }

    /** As the interface describes a Drift. */
    public static ObjectNode drift(String name, Report report) {
        ObjectNode drift = Json.object().put("name", name);
        ArrayNode changed = drift.putArray("changed");
        report.changed().forEach(one -> {
            ObjectNode object = changed.addObject().put("package", one.name()).put("to", one.to());
            one.from().ifPresent(from -> object.put("from", from));
        });
        ArrayNode hiding = drift.putArray("hiding");
        report.hiding().forEach(one -> {
            ObjectNode object = hiding.addObject().put("path", one.path());
            one.owner().ifPresent(owner -> object.put("package", owner));
        });
        ArrayNode disagreeing = drift.putArray("disagreeing");
        report.disagreeing().forEach(one -> {
            ObjectNode object = disagreeing.addObject().put("package", one.name());
            one.database().ifPresent(version -> object.put("database", version));
            one.files().ifPresent(version -> object.put("files", version));
        });
        return drift;
    }
}
