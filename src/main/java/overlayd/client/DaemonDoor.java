package overlayd.client;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.varlink.ClientConnection;

/** Finds the daemon, and starts it when there is none and we may. */
final class DaemonDoor {
    private static final List<String> UNITS = List.of("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system", "/lib/systemd/system");

    private final Machine machine;
    private final CommandLine commandLine;
    private final String name;
    private final boolean defaultInstance;
    private final Path runtime;

    DaemonDoor(Machine machine, CommandLine commandLine, String name) {
        this.machine = machine;
        this.commandLine = commandLine;
        this.name = name;
        String given = System.getenv("OVERLAYD_RUNTIME_DIR");
        // as the C client: set but empty means the default directory, but is not the host's own service
        this.defaultInstance = given == null;
        this.runtime = Path.of(given == null || given.isEmpty() ? "/run/overlayd" : given);
    }

    ClientConnection open() throws GiveUp, IOException, InterruptedException {
        try {
            return dial();
        } catch (KernelException refused) {
            return startThenDial(refused.errno());
        }
    }

    private ClientConnection dial() throws KernelException {
        return ClientConnection.open(runtime.resolve("overlayd.sock"));
    }

    private ClientConnection startThenDial(Errno why) throws GiveUp, IOException, InterruptedException {
        boolean absent = why == Errno.ENOENT || why == Errno.ECONNREFUSED;
        if (machine.calls().geteuid() != 0 && (absent || why == Errno.EACCES || why == Errno.EPERM)) {
            askSudo();
        }
        if (!absent) {
            throw new GiveUp(GiveUp.UNREACHABLE, "cannot reach overlayd: " + why.meaning());
        }
        if (defaultInstance && Files.exists(Path.of("/run/systemd/system")) && unitInstalled()) {
            runService("systemctl", "start", "overlayd");
        } else if (defaultInstance && Files.isExecutable(Path.of("/etc/init.d/overlayd"))) {
            runService("service", "overlayd", "start");
        } else {
            startFromTree();
        }
        try {
            return dial();
        } catch (KernelException still) {
            throw new GiveUp(GiveUp.UNREACHABLE, "cannot reach overlayd: " + still.errno().meaning());
        }
    }

    private static boolean unitInstalled() {
        return UNITS.stream().anyMatch(directory -> Files.exists(Path.of(directory, "overlayd.service")));
    }

    private void askSudo() throws GiveUp {
        if (machine.calls().isatty(0) == 1) {
            List<byte[]> words = new ArrayList<>(List.of(Machine.bytes("sudo"), Machine.bytes("--")));
            words.add(machine.link("/proc/self/exe"));
            words.addAll(commandLine.whole().subList(1, commandLine.whole().size()));
            machine.exec("sudo", words);
        }
        throw notPermitted(name);
    }

    static GiveUp notPermitted(String name) {
        return new GiveUp(GiveUp.NOT_PERMITTED, "not permitted; run it as root: sudo " + name);
    }

    private static void runService(String... words) throws GiveUp, InterruptedException {
        try {
            if (new ProcessBuilder(words).inheritIO().start().waitFor() == 0) {
                return;
            }
        } catch (IOException notThere) {
            // reported like its failure
        }
        throw new GiveUp(GiveUp.UNREACHABLE, "overlayd could not be started by " + words[0]);
    }

    /** Under the same flock(2) as the C client, so that of many clients at once one starts it. */
    private void startFromTree() throws GiveUp, IOException, InterruptedException {
        if (!Files.exists(runtime)) {
            Files.createDirectory(runtime, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        int flags = ClientCalls.O_RDWR | ClientCalls.O_CREAT | ClientCalls.O_CLOEXEC;
        try (Fd lock = machine.own(machine.calls().open(runtime.resolve(".start").toString(), flags, 0600), "cannot use the runtime directory " + runtime)) {
            machine.calls().flock(lock.number(), ClientCalls.LOCK_EX);
            try (ClientConnection already = dial()) {
                already.isOpen(); // another client was faster
            } catch (KernelException absent) {
                launch();
            }
        }
    }

    private void launch() throws GiveUp, IOException, InterruptedException {
        Path log = runtime.resolve("overlayd.log");
        Files.newByteChannel(log, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))).close();
        // the daemon reports on descriptor 3, which ProcessBuilder cannot pass; sh makes it of its standard output
        ProcessBuilder daemon = new ProcessBuilder("setsid", "sh", "-c", "exec 3>&1 >/dev/null; exec \"$0\" --auto", launcher().toString());
        daemon.directory(new File("/"));
        daemon.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        keepOnly(daemon.environment());
        Process started = daemon.start();
        if (started.getInputStream().read() < 0) {
            throw new GiveUp(GiveUp.UNREACHABLE, "overlayd did not start; its log: " + log);
        }
    }

    private static void keepOnly(Map<String, String> environment) {
        environment.keySet().removeIf(key -> !key.equals("PATH") && !key.equals("JAVA_HOME") && !key.startsWith("OVERLAYD_"));
        environment.put("LC_ALL", "C.UTF-8");
    }

    /** sbin/overlayd of the tree whose lib/ holds our jar. */
    private static Path launcher() throws GiveUp, IOException {
        try {
            Path jar = Path.of(DaemonDoor.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toRealPath();
            return jar.getParent().resolveSibling("sbin").resolve("overlayd");
        } catch (URISyntaxException e) {
            throw new GiveUp(GiveUp.UNREACHABLE, "cannot tell where overlayd is installed: " + e.getMessage());
        }
    }
}
