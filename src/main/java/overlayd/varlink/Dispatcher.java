package overlayd.varlink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Fd;

/** Finds the handler of a call, after everything the interface says about it has been checked. */
final class Dispatcher {
    private static final String INTROSPECTION = "org.varlink.service";
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Map<String, Service> services = new TreeMap<>();
    private final int requiredUid;

    Dispatcher(List<Service> services, Product product, int requiredUid) {
        this.requiredUid = requiredUid;
        services.forEach(service -> this.services.put(service.name(), service));
        this.services.put(INTROSPECTION, Service.of(INTROSPECTION)
            .on("GetInfo", call -> call.reply(product.describe(names())))
            .on("GetInterfaceDescription", this::describe)
            .build());
    }

    /** Names of the interfaces, sorted. */
    ArrayNode names() {
        ArrayNode names = Json.array();
        services.keySet().forEach(names::add);
        return names;
    }

    private void describe(Call call) throws VarlinkError {
        String name = call.parameters().get("interface").textValue();
        call.reply(Json.object().put("description", service(name).description().text()));
    }

    private Service service(String name) throws VarlinkError {
        Service service = services.get(name);
        if (service == null) {
            throw VarlinkError.interfaceNotFound(name);
        }
        return service;
    }

    /** Runs the handler; afterwards the call is answered. */
    void dispatch(RunningCall call) {
        try {
            carryOut(call);
            if (!call.isAnswered()) {
                throw new IllegalStateException("the handler returned without an answer");
            }
        } catch (ClientGone gone) {
            LOG.debug("{}", gone.getMessage());
        } catch (RuntimeException | StackOverflowError | AssertionError bug) {
            LOG.error("{} failed", call, bug);
            fail(call, new VarlinkError(interfaceOf(call.method()) + ".InternalFailure", Json.object().put("message", String.valueOf(bug))));
        }
    }

    private void carryOut(RunningCall call) throws ClientGone {
        try {
            handler(call).handle(call);
        } catch (VarlinkError error) {
            fail(call, error);
        }
    }

    private static void fail(RunningCall call, VarlinkError error) {
        if (call.isAnswered()) {
            LOG.error("{} failed after its answer: {}", call, error.getMessage());
        } else {
            call.error(error.name(), error.parameters());
        }
    }

    private static String interfaceOf(String method) {
        return method.substring(0, Math.max(0, method.lastIndexOf('.')));
    }

    private Handler handler(RunningCall call) throws VarlinkError {
        String name = call.method();
        String interfaceName = interfaceOf(name);
        boolean anybody = requiredUid == Server.Options.WHOEVER_CONNECTS || interfaceName.equals(INTROSPECTION);
        if (call.peer().uid() != requiredUid && !anybody) {
            throw VarlinkError.permissionDenied();
        }
        Service service = service(interfaceName);
        String simpleName = name.substring(interfaceName.length() + 1);
        Interface.Method declared = service.description().methods().get(simpleName);
        if (declared == null) {
            throw VarlinkError.methodNotFound(name);
        }
        Service.Method method = service.method(simpleName);
        if (method == null) {
            throw VarlinkError.methodNotImplemented(name);
        }
        check(call, service, declared);
        if (method.reply() == Service.Reply.NEEDS_MORE && !call.wantsMore()) {
            throw VarlinkError.expectedMore();
        }
        admitFds(call, method);
        call.method(method.fdParameters(), ReplyCheck.of(service, declared));
        return method.handler();
    }

    private static void check(RunningCall call, Service service, Interface.Method declared) throws VarlinkError {
        if (call.request().upgrade()) {
            throw VarlinkError.invalidParameter("upgrade");
        }
        if (call.parameters() == null) {
            throw VarlinkError.invalidParameter("parameters");
        }
        Optional<String> fault = service.checks().firstFault(declared.input(), call.parameters());
        if (fault.isPresent()) {
            throw VarlinkError.invalidParameter(fault.get());
        }
    }

    /** A method that declares no descriptors must not see any: they are closed at once, not when it ends. */
    private static void admitFds(RunningCall call, Service.Method method) throws VarlinkError {
        if (method.fdParameters().isEmpty()) {
            call.fds().forEach(Fd::close);
        }
        for (String name : method.fdParameters()) {
            JsonNode index = call.parameters().path(name);
            boolean given = !index.isNull() && !index.isMissingNode();
            if (given && (!index.canConvertToInt() || index.intValue() < 0 || index.intValue() >= call.fds().size())) {
                throw VarlinkError.invalidParameter(name);
            }
        }
    }
}
