package overlayd.varlink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import overlayd.kernel.Fd;
import overlayd.kernel.jna.LinuxSockets;

/** Our real interfaces with invented answers, for foreign clients to talk to: {@code ProbeServer SOCKET}; ends with its standard input. */
final class ProbeServer implements SubhostHandlers, CommandHandlers {
    private ProbeServer() {
    }

    public static void main(String[] arguments) throws Exception {
        ProbeServer handlers = new ProbeServer();
        Server.Options options = Server.Options.of(List.of(SubhostHandlers.service(handlers, refusing(LiveHandlers.class),
            refusing(FileHandlers.class), refusing(SiteHandlers.class)), CommandHandlers.service(handlers)),
            new Product("overlayd", "probe", "0", "https://example.org/overlayd"));
        try (Server server = Server.on(ListeningSocket.make(Path.of(arguments[0]), new LinuxSockets()), options)) {
            server.start();
            System.out.println("listening");
            while (System.in.read() >= 0) {
                // whoever started us ends us by closing the pipe
            }
        }
    }

    /** Handlers that nobody asks here. */
    private static <T> T refusing(Class<T> handlers) {
        return handlers.cast(Proxy.newProxyInstance(handlers.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> {
            throw SubhostError.notSupported(method.getName());
        }));
    }

    @Override
    public void boot(Call call) throws VarlinkError, ClientGone {
        String name = call.parameters().get("subhost").textValue();
        if (name.equals("running")) {
            throw SubhostError.subhostExists(name);
        }
        if (name.equals("broken")) {
            ObjectNode failure = Json.object().put("step", "mount-overlay").put("errnoName", "EINVAL").put("undone", true);
            failure.putArray("operands").add("/live");
            throw SubhostError.stepFailed(failure);
        }
        for (String moment : List.of("started", "finished")) {
            ObjectNode progress = Json.object().put("step", "service").put("moment", moment);
            progress.putArray("operands").add("networking");
            call.replyContinues((ObjectNode) Json.object().set("progress", progress));
        }
        call.reply(Json.object().put("name", name).put("degraded", false));
    }

    @Override
    public void stop(Call call) {
        call.reply(Json.object().put("name", call.parameters().get("subhost").textValue()).put("alreadyStopped", true));
    }

    @Override
    public void list(Call call) {
        ObjectNode web = Json.object().put("name", "web").put("state", "running").put("degraded", false);
        web.putArray("addresses");
        ObjectNode reply = Json.object();
        reply.putArray("subhosts").add(web);
        call.reply(reply);
    }

    @Override
    public void status(Call call) throws VarlinkError {
        throw SubhostError.noSuchSubhost(call.parameters().get("subhost").textValue());
    }

    @Override
    public void blame(Call call) throws VarlinkError {
        throw SubhostError.notSupported("plan");
    }

    @Override
    public void plan(Call call) throws VarlinkError {
        throw SubhostError.notSupported("plan");
    }

    @Override
    public void check(Call call) {
        ObjectNode reply = Json.object().put("valid", true);
        reply.putArray("problems");
        call.reply(reply);
    }

    @Override
    public void exec(Call call) throws VarlinkError {
        Fd output = call.fd("standardOutput").orElseThrow(() -> VarlinkError.invalidParameter("standardOutput"));
        try {
            Files.writeString(Path.of("/proc/self/fd/" + output.number()), "written by the server\n");
        } catch (IOException e) {
            throw SubhostError.commandNotExecutable("echo", "EIO");
        }
        call.reply(Json.object().put("exitStatus", 7));
    }

    @Override
    public void share(Call call) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unshare(Call call) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void logs(Call call) throws ClientGone {
        for (int i = 1; i <= 3; i++) {
            call.replyContinues(Json.object().put("line", "line " + i));
        }
        call.reply(Json.object());
    }

    @Override
    public void run(Call call) throws VarlinkError, ClientGone {
        new ProbeCommand(call).run();
    }
}
