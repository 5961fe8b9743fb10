package overlayd.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.client.ClientMain;
import overlayd.command.Commands;
import overlayd.config.ConfigFile;
import overlayd.config.HostConfig;
import overlayd.config.HostDefaults;
import overlayd.config.Strictness;
import overlayd.group.InterruptedTrials;
import overlayd.group.TrialVisit;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.jna.LinuxKernel;
import overlayd.metrics.Metrics;
import overlayd.metrics.MetricsSocket;
import overlayd.report.Sources;
import overlayd.service.Services;
import overlayd.state.Instance;
import overlayd.subhost.Subhosts;
import overlayd.varlink.ListeningSocket;
import overlayd.varlink.Product;
import overlayd.varlink.Server;
import overlayd.varlink.SocketGroup;

/**
 * Entry of the jar: the daemon, or, with a command's name as first argument, the Java twin of the client. Makes everything and
 * hands it in; there is no other place where rooms meet.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int UNAVAILABLE = 69;
    private static final int USAGE = 64;
    private static final int READY_FD = 3;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Path HOST_CONFIG = Path.of("/etc/overlayd/overlayd.conf");

    private Main() {
    }

    /** Runs until SIGTERM; exit status 64 usage, 69 cannot serve. */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && !arguments[0].startsWith("-")) {
            System.exit(ClientMain.run(arguments));
            return;
        }
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            System.out.print(Settings.USAGE);
        } else if (arguments.length == 1 && arguments[0].equals("--version")) {
            System.out.println("overlayd " + version());
        } else {
            serve(arguments);
        }
    }

    private static void serve(String[] arguments) {
        try {
            Settings settings = Settings.of(arguments, System.getenv(), System.getProperty("overlayd.tree"));
            run(settings);
        } catch (IllegalArgumentException wrong) {
            fail(USAGE, wrong.getMessage());
        } catch (IOException | KernelException refused) {
            fail(UNAVAILABLE, refused.getMessage());
        }
    }

    private static void run(Settings settings) throws IOException, KernelException {
        Thread beside = new Thread(ListeningSocket::load, "loading");
        beside.setDaemon(true);
        beside.start();
        Instance instance = Instance.at(settings.runtime(), settings.state(), settings.tree());
        Kernel kernel = settings.auto() ? LinuxKernel.openIn(instance.daemonGroup()) : LinuxKernel.open();
        try {
            run(settings, instance, kernel);
        } catch (IOException | KernelException | RuntimeException | Error refused) {
            kernel.close(); // or its control group would stay
            throw refused;
        }
    }

    private static void run(Settings settings, Instance instance, Kernel kernel) throws IOException, KernelException {
        ServiceManager manager = new ServiceManager(System.getenv(), kernel.events());
        // Listen first: clients queue in the kernel while the rest is made.
        ListeningSocket socket = listen(kernel, manager, instance);
        try {
            run(settings, instance, kernel, manager, socket);
        } catch (IOException | KernelException | RuntimeException | Error refused) {
            socket.close();
            throw refused;
        }
    }

    private static void run(Settings settings, Instance instance, Kernel kernel, ServiceManager manager, ListeningSocket socket)
            throws IOException, KernelException {
        HostDefaults defaults = hostDefaults();
        LogSinks.choose(defaults.daemonLog());
        if (defaults.socketGroup().isPresent()) {
            SocketGroup.admit(instance.socket(), defaults.socketGroup().get());
            LOG.warn("SOCKET_GROUP={}: each member of that group can become root on this host", defaults.socketGroup().get());
        } else {
            Instance.makePrivate(instance.runtime());
        }
        Sources sources = new Sources(kernel, instance);
        Commands commands = new Commands(sources, version());
        Server.Options options = Server.Options.of(Stream.concat(Stream.of(commands.service()), Services.of(sources).stream()).toList(),
                new Product("overlayd", "overlayd", version(), "https://overlayd.example/"));
        Server server = Server.on(socket, defaults.socketGroup().isPresent() ? options.forWhoeverConnects() : options);
        Subhosts subhosts = Subhosts.open(kernel, instance, defaults);
        sources.serve(subhosts);
        InterruptedTrials.end(kernel, sources.trials(), new TrialVisit(kernel, sources.trials(), sources.door()));
        subhosts.onChange(() -> manager.changed(subhosts::summary));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            manager.stopping();
            end(server, subhosts);
            if (settings.auto()) {
                kernel.close(); // its own control groups; all else ends with the process, and work under way needs the kernel till then
            }
        }, "shutdown"));
        metrics(kernel, subhosts, defaults);
        server.start();
        manager.ready(subhosts.summary());
        LOG.info("overlayd {} serves {}, instance {}", version(), instance.socket(), instance.id());
        if (settings.auto()) {
            sayReady(kernel);
        }
        subhosts.warm();
        commands.warm();
        if (settings.auto()) {
            endWhenIdle(kernel, server, subhosts);
        } else if (!"no".equals(System.getenv("OVERLAYD_REHEARSAL"))) {
            subhosts.rehearse(); // a client that started us is at its first boot already
        }
        awaitSignal();
    }

    /** A socket that cannot be had is told, and done without: subhosts matter more than their numbers. */
    private static void metrics(Kernel kernel, Subhosts subhosts, HostDefaults defaults) {
        if (defaults.metricsSocket().isEmpty()) {
            return;
        }
        Metrics metrics = new Metrics(subhosts.live(), subhosts::list, version());
        try {
            MetricsSocket socket = MetricsSocket.listen(defaults.metricsSocket().get(), metrics::text, kernel.events());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(socket), "metrics-end"));
        } catch (IOException refused) {
            LOG.error("{}; no metrics are served", refused.getMessage());
        }
    }

    private static void close(MetricsSocket socket) {
        try {
            socket.close();
        } catch (IOException left) {
            LOG.warn("{}; ignoring", left.getMessage());
        }
    }

    /** On the socket that systemd holds for us, so that no client is turned away while a daemon follows another; else on our own. */
    private static ListeningSocket listen(Kernel kernel, ServiceManager manager, Instance instance) throws IOException, KernelException {
        Optional<Fd> given = manager.listeningSocket(kernel.pipes());
        return given.isPresent() ? ListeningSocket.adopt(given.get()) : ListeningSocket.make(instance.socket(), kernel.sockets());
    }

    private static void end(Server server, Subhosts subhosts) {
        try {
            server.close();
        } catch (IOException left) {
            LOG.warn("{}; ignoring", left.getMessage());
        }
        subhosts.close();
    }

    /** A daemon that a client started looks once a minute whether it is still needed; one that an init system started stays. */
    private static void endWhenIdle(Kernel kernel, Server server, Subhosts subhosts) {
        kernel.events().timer(IDLE, () -> {
            if (subhosts.isIdle() && server.connections() == 0) {
                LOG.info("nothing runs and nobody asks: ending");
                // Not on the event thread, which the shutdown waits for.
                new Thread(() -> System.exit(0), "end").start();
            } else {
                endWhenIdle(kernel, server, subhosts);
            }
        });
    }

    /** Every other thread is a daemon thread in the JVM's sense; SIGTERM runs the shutdown hook. */
    private static void awaitSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }

    /** What overlayd.conf sets; one with errors is told and not used at all. */
    private static HostDefaults hostDefaults() throws IOException {
        if (!Files.isRegularFile(HOST_CONFIG)) {
            return HostDefaults.NONE;
        }
        HostConfig config = HostConfig.read(ConfigFile.open(HOST_CONFIG), Strictness.BOOT);
        config.problems().forEach(problem -> LOG.warn("{}", problem.text()));
        return config.defaults();
    }

    /** Tells the client that started this daemon; one that has gone does not matter. */
    private static void sayReady(Kernel kernel) throws KernelException {
        try (Fd ready = kernel.pipes().own(READY_FD)) {
            kernel.pipes().writeAll(ready, new byte[] {'\n'});
        } catch (KernelException gone) {
            LOG.debug("nobody waits for this daemon: {}", gone.getMessage());
        }
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("unknown");
    }

    private static void fail(int status, String message) {
        System.err.println("overlayd: " + message);
        System.exit(status);
    }
}
