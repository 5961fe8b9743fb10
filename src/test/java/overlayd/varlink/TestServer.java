package overlayd.varlink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import overlayd.kernel.KernelException;
import overlayd.kernel.jna.LinuxSockets;

/** A server with an interface made for tests, on a socket in a temporary directory, open to the user who runs the tests. */
final class TestServer implements AutoCloseable {
    static final String INTERFACE = """
        # Things to test with.
        interface org.example.test
        type Colour (red, green)
        method Ping(text: ?string, colour: ?Colour) -> (text: ?string)
        method Count(to: int) -> (number: ?int)
        method Watch() -> (text: string)
        method Pass(first: int, second: ?int) -> (names: []string)
        method Flood(bytes: int) -> (text: string)
        method Crash() -> ()
        method Silent() -> ()
        method Absent() -> ()
        method Lie(about: string) -> (text: string)
        error Refused (why: string)
        error InternalFailure (message: string)
        """;
    static final Product PRODUCT = new Product("overlayd", "test", "1", "https://example.org");

    final Path directory;
    final Path path;
    final Server server;
    /** What happened in handlers. */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    /** Lets a Watch call end. */
    final CountDownLatch release = new CountDownLatch(1);

    TestServer(Limits limits) throws IOException, KernelException {
        this(limits, ownUid());
    }

    TestServer(Limits limits, int requiredUid) throws IOException, KernelException {
        directory = Files.createTempDirectory("overlayd-varlink");
        path = directory.resolve("s");
        server = Server.on(ListeningSocket.make(path, new LinuxSockets()), new Server.Options(List.of(service()), PRODUCT, limits, requiredUid));
        server.start();
    }

    static int ownUid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    Service service() {
        return Service.described(INTERFACE)
            .on("Ping", call -> call.reply(Json.object().set("text", call.parameters().get("text"))))
            .on("Count", TestServer::count)
            .on("Watch", this::watch)
            .onWithFds("Pass", TestServer::pass, "first", "second")
            .on("Flood", call -> call.reply(Json.object().put("text", "x".repeat(call.parameters().get("bytes").intValue()))))
            .on("Crash", call -> {
                throw new IllegalStateException("on purpose");
            })
            .on("Silent", call -> { })
            .on("Lie", TestServer::lie)
            .build();
    }

    private static void count(Call call) throws ClientGone, VarlinkError {
        int to = call.parameters().get("to").intValue();
        if (to < 0) {
            throw new VarlinkError("org.example.test.Refused", Json.object().put("why", "negative"));
        }
        for (int i = 0; i < to; i++) {
            call.replyContinues(Json.object().put("number", i));
        }
        call.reply(Json.object().put("number", to));
    }

    private static void lie(Call call) throws VarlinkError {
        switch (call.parameters().get("about").textValue()) {
            case "error": throw new VarlinkError("org.example.test.Undeclared", Json.object());
            case "its parameters": throw new VarlinkError("org.example.test.Refused", Json.object().put("why", 7));
            default: call.reply(Json.object().put("text", false));
        }
    }

    private void watch(Call call) {
        call.onInterrupt(signal -> events.add("signal " + signal));
        call.onHangup(() -> events.add("hangup"));
        events.add("watching");
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        call.reply(Json.object().put("text", "done"));
    }

    private static void pass(Call call) {
        var names = Json.array();
        for (String parameter : List.of("first", "second")) {
            call.fd(parameter).ifPresent(fd -> names.add(target(fd.number())));
        }
        var sent = call.fds().toArray(overlayd.kernel.Fd[]::new);
        call.reply((com.fasterxml.jackson.databind.node.ObjectNode) Json.object().set("names", names), sent);
    }

    static String target(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    ClientConnection connect() throws KernelException {
        return ClientConnection.open(path);
    }

    /** Descriptors of this JVM that count: what the class loader opens on the way does not. */
    static long openFds() throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.map(fd -> target(Integer.parseInt(fd.getFileName().toString()))).filter(t -> !t.endsWith(".jar") && !t.endsWith(".class")).count();
        }
    }

    @Override
    public void close() throws IOException {
        release.countDown();
        server.close();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
