package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A method's answer is one of the errors its interface names. Thrown by handlers; not a failure of the daemon, hence never logged. */
public final class VarlinkError extends Exception {
    private static final long serialVersionUID = 1L;
    private static final String SERVICE = "org.varlink.service.";

    private final String name;
    private final transient ObjectNode parameters;

    /** @param name the full name, "org.overlayd.Subhost.Busy"; {@code parameters} as the interface describes them. */
    public VarlinkError(String name, ObjectNode parameters) {
        super(name + " " + parameters, null, false, false);
        this.name = name;
        this.parameters = parameters;
    }

    /** A parameter is missing, unknown, of a wrong type, or of a value that the method cannot take. */
    public static VarlinkError invalidParameter(String parameter) {
        return new VarlinkError(SERVICE + "InvalidParameter", Json.object().put("parameter", parameter));
    }

    /** The peer may not call this. */
    public static VarlinkError permissionDenied() {
        return new VarlinkError(SERVICE + "PermissionDenied", Json.object());
    }

    static VarlinkError expectedMore() {
        return new VarlinkError(SERVICE + "ExpectedMore", Json.object());
    }

    static VarlinkError interfaceNotFound(String name) {
        return new VarlinkError(SERVICE + "InterfaceNotFound", Json.object().put("interface", name));
    }

    static VarlinkError methodNotFound(String method) {
        return new VarlinkError(SERVICE + "MethodNotFound", Json.object().put("method", method));
    }

    static VarlinkError methodNotImplemented(String method) {
        return new VarlinkError(SERVICE + "MethodNotImplemented", Json.object().put("method", method));
    }

    /** Full name of the error. */
    public String name() {
        return name;
    }

    /** Its parameters. */
    public ObjectNode parameters() {
        return parameters;
    }
}
