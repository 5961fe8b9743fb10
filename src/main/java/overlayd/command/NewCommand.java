package overlayd.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;

/** overlay new: the directories and the configuration file of a subhost that is not there yet. */
final class NewCommand implements Command {
    private static final String NAME = "overlay new";

    /**
     * Where things go that the command line does not place.
     *
     * @param configurations directory of the configuration file
     * @param bases directory of BASE
     */
    record Places(Path configurations, Path bases) {
    }

    private final Places places;
    private final Model model = Model.of(NAME, "overlay new [OPTION]... NAME")
            .about("Makes a subhost's directories and a commented configuration file.",
                    "The file is /etc/overlayd/conf.d/NAME.conf. Nothing is booted, nothing that exists is changed.")
            .operands("NAME", "1", "at most 12 letters, digits, dots, dashes and underscores")
            .option("DIR", String.class, "root of the system it shows; default /", "--lower")
            .option("BRIDGE", String.class, "bridge that its one cable is plugged into; default none", "--bridge")
            .option("DIR", String.class, "its directory; default /var/lib/overlayd/subhosts/NAME", "--base")
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.NOT_PERMITTED)
            .build();

    NewCommand(Places places) {
        this.places = places;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        String name = given.operands().get(0);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,11}")) {
            throw new UsageException("\"" + Shown.of(name) + "\" is no name: at most 12 letters, digits, dots, dashes and underscores");
        }
        String bridge = given.value("--bridge", String.class).orElse("");
        if (!bridge.matches("[!-~&&[^/:=\"'$#]]{0,15}")) {
            throw new UsageException("\"" + Shown.of(bridge) + "\" cannot be a bridge's name");
        }
        Path base = place(given, "--base", invocation).orElseGet(() -> places.bases().resolve(name));
        Path lower = place(given, "--lower", invocation).orElse(Path.of("/"));
        if (!Files.isDirectory(lower)) {
            invocation.complain(NAME, name, ByteText.of(lower) + " is no directory: --lower takes the root of a system, such as mmdebstrap makes");
            return ExitCode.STEP.number();
        }
        Path file = places.configurations().resolve(name + ".conf");
        return make(new Draft(name, base, lower, bridge, file), invocation);
    }

    private static Optional<Path> place(Given given, String option, Invocation invocation) throws UsageException {
        Optional<Path> path = given.value(option, String.class)
                .map(text -> invocation.arguments().workingDirectory().orElse(Path.of("/")).resolve(ByteText.path(text)).normalize());
        if (path.isPresent() && ByteText.of(path.get()).chars().anyMatch(c -> c < ' ' || "\"'$#".indexOf(c) >= 0)) {
            throw new UsageException(option + ": a path with control characters, quotes, $ or # does not fit into a configuration file");
        }
        return path;
    }

    /** What is to be made. */
    private record Draft(String name, Path base, Path lower, String bridge, Path file) {
        String text() {
            boolean wired = !bridge.isEmpty();
            return """
                    # The subhost %1$s. Every key: subhost.conf(5). Check this file: overlay check %1$s
                    NAME=%1$s
                    BASE=%2$s

                    # The system it shows; what it changes goes to BASE/root.
                    LOWER=%3$s

                    # Of that system it does not see /root, private keys and password hashes; sshd gets host keys of its own.
                    %6$s

                    # Cables to bridges of this host: BRIDGE=[MAC], several separated by blanks. Each is eth0, eth1, ... inside.
                    %4$s

                    # Services that are started, in this order, and stopped in reverse; none keeps it up all the same.
                    %5$s

                    # Directories of this host that it sees as well; ,ro at the end for reading only.
                    #SHARE=/srv/data
                    """.formatted(name, ByteText.of(base), ByteText.of(lower), wired ? "CABLES=" + bridge + "=" : "#CABLES=br0=",
                    wired ? "START=networking" : "START=none\n#START=networking ssh", "HIDE=secrets");
        }
    }

    private static int make(Draft draft, Invocation invocation) {
        Deque<Path> made = new ArrayDeque<>();
        try {
            Files.createDirectories(draft.file().getParent());
            Files.createDirectories(draft.base().getParent());
            // Closed to everybody; within, the mode of UPPER is the mode of the subhost's own root directory.
            directory(draft.base(), "rwx------", made);
            directory(draft.base().resolve("live"), "rwxr-xr-x", made);
            directory(draft.base().resolve("root"), "rwxr-xr-x", made);
            directory(draft.base().resolve("work"), "rwx------", made);
            Files.write(draft.file(), draft.text().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            made.push(draft.file());
            Files.setPosixFilePermissions(draft.file(), PosixFilePermissions.fromString("rw-r--r--"));
        } catch (FileAlreadyExistsException exists) {
            takeBack(made);
            invocation.complain(NAME, draft.name(), exists.getFile() + " exists already; nothing was made");
            return ExitCode.EXISTS.number();
        } catch (IOException refused) {
            takeBack(made);
            invocation.complain(NAME, draft.name(), "cannot make " + refused.getMessage() + "; nothing was made");
            return ExitCode.STEP.number();
        }
        invocation.console().out(Shown.of(ByteText.of(draft.file())) + "\n");
        if (invocation.console().outIsTerminal()) {
            invocation.console().out("Boot it: overlay-boot " + draft.name() + "\n");
        }
        return ExitCode.OK.number();
    }

    private static void directory(Path directory, String mode, Deque<Path> made) throws IOException {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        made.push(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    }

    private static void takeBack(Deque<Path> made) {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException inUse) {
                // somebody put something there: it is theirs now
            }
        }
    }
}
