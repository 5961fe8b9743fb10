package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The errors of org.overlayd.Subhost, so that names and parameters are written in one place. */
public final class SubhostError {
    private static final String INTERFACE = "org.overlayd.Subhost.";

    private SubhostError() {
    }

    /** No subhost or configuration of this name. */
    public static VarlinkError noSuchSubhost(String name) {
        return of("NoSuchSubhost", named(name));
    }

    /** It runs or boots already, here or in another instance. */
    public static VarlinkError subhostExists(String name) {
        return of("SubhostExists", named(name));
    }

    /** It must run for this; {@code state} is a value of the interface's State. */
    public static VarlinkError notRunning(String name, String state) {
        return of("NotRunning", named(name).put("state", state));
    }

    /** Each element is a Problem of the interface. */
    public static VarlinkError configInvalid(ArrayNode problems) {
        return of("ConfigInvalid", (ObjectNode) Json.object().set("problems", problems));
    }

    /** The host refused a step; the object is complete as the interface describes it. */
    public static VarlinkError stepFailed(ObjectNode failure) {
        return of("StepFailed", failure);
    }

    /** Something is there already, or uses what is to go; nothing was done. */
    public static VarlinkError inTheWay(String name, String reason) {
        return of("InTheWay", named(name).put("reason", reason));
    }

    /** Its configuration file cannot be changed as asked. */
    public static VarlinkError notWritten(String name, String reason) {
        return of("NotWritten", named(name).put("reason", reason));
    }

    /** Another operation on it goes on. */
    public static VarlinkError busy(String name, String operation) {
        return of("Busy", named(name).put("operation", operation));
    }

    /** Not ready in time, undone. */
    public static VarlinkError notReady(String name, long timeoutSeconds) {
        return of("NotReady", named(name).put("timeoutSeconds", timeoutSeconds));
    }

    /** Not in the state that was waited for when the time was over; {@code state} is what it was then. */
    public static VarlinkError timedOut(String name, String state) {
        return of("TimedOut", named(name).put("state", state));
    }

    /** Overtaken by a stop or a signal. */
    public static VarlinkError cancelled(String name, boolean undone) {
        return of("Cancelled", named(name).put("undone", undone));
    }

    /** The command given to Exec could not be executed. */
    public static VarlinkError commandNotExecutable(String command, String errnoName) {
        return of("CommandNotExecutable", Json.object().put("command", command).put("errnoName", errnoName));
    }

    /** Allowed to call, but not to do this. */
    public static VarlinkError notPermitted(String reason) {
        return of("NotPermitted", Json.object().put("reason", reason));
    }

    /** This version or host cannot do it. */
    public static VarlinkError notSupported(String what) {
        return of("NotSupported", Json.object().put("what", what));
    }

    private static ObjectNode named(String name) {
        return Json.object().put("name", name);
    }

    private static VarlinkError of(String error, ObjectNode parameters) {
        return new VarlinkError(INTERFACE + error, parameters);
    }
}
