package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import overlayd.varlink.Json;
import overlayd.varlink.VarlinkError;

/** The type Outcome of org.overlayd.Group. */
final class Outcomes {
    private Outcomes() {
    }

    static ObjectNode of(String name, String result) {
        return Json.object().put("name", name).put("result", result);
    }

    static ObjectNode of(String name, String result, String reason) {
        return of(name, result).put("reason", reason.lines().findFirst().orElse(""));
    }

    /** With what the method for one subhost would have answered. */
    static ObjectNode failed(String name, String reason, VarlinkError error) {
        return (ObjectNode) of(name, "failed", reason).put("error", error.name()).set("parameters", error.parameters());
    }
}
