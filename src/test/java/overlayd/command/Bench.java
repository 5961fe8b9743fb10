package overlayd.command;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import overlayd.enter.Logins;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.Terminals;
import overlayd.report.Audits;
import overlayd.report.Descriptions;
import overlayd.report.Linter;
import overlayd.report.LogReading;
import overlayd.report.Rows;
import overlayd.report.Secrets;
import overlayd.subject.Autostart;
import overlayd.subject.FakeDoor;
import overlayd.subject.FakeLive;
import overlayd.subject.Locator;

/** All commands over subhosts, a console and a kernel that are not real. */
public final class Bench {
    final FakeDoor door = new FakeDoor();
    final FakeLive live = new FakeLive();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final Map<String, String> environment = new HashMap<>();
    final Path installed;
    String directory = "/";
    /** Columns of the terminal on all three descriptors; 0: they are none. */
    int columns;
    /** Standard output has no reader. */
    boolean readerGone;
    /** Whether the client was told to call again when the daemon goes away. */
    boolean lasting;
    /** Ends the client's connection. */
    Runnable hangup = () -> { };
    /** What is mounted below a BASE. */
    List<String> mounts = List.of();
    /** What happens when directories are to be held. */
    Holding holding = directories -> () -> { };
    /** Signals the client gets before anything else. */
    final List<Integer> signals = new ArrayList<>();

    /** Sends the client a signal. */
    IntConsumer interrupt = signal -> { };

    private final Kernel kernel = fake(Kernel.class, Map.of("pipes", (Answer) a -> pipes(), "terminals", (Answer) a -> terminals(), "files",
            (Answer) a -> fake(overlayd.kernel.Files.class, Map.of("openPath", (Answer) b -> {
                throw new KernelException("open", "/proc", Errno.ENOENT);
            }))));
    final Umbrella umbrella;
    private final CommandServer server;

    /** Keeps boots off. */
    interface Holding {
        java.io.Closeable hold(java.util.Collection<Path> directories) throws overlayd.failure.RefusedException;
    }

    /** One method of an interface. */
    public interface Answer {
        Object to(Object[] arguments) throws Throwable;
    }

    public Bench(Path installed) {
        this.installed = installed;
        Locator locator = new Locator(List.of(installed), door::list);
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000_075), ZoneOffset.UTC);
        Rows rows = new Rows(door, locator, clock);
        umbrella = new Umbrella(java.util.stream.Stream.of(List.of(new BootCommand(door, locator, new Autostart(installed.resolveSibling("subhosts.list"), locator),
                new UnitLimits((path, limit) -> new byte[0])),
                new GoCommand(door, new GoCommand.Needs(locator, kernel, new Logins(kernel), new Listing(rows))), new StopCommand(door, locator), new RestartCommand(door, locator),
                new ListCommand(rows), new BlameCommand(locator), new ShareCommand(door, locator), new UnshareCommand(door, locator), new DiskfileCommand(door), new LogCommand(door, locator, new LogReading(kernel)),
                new CheckCommand(new Linter(door, locator), locator, new Secrets()),
                new NewCommand(new overlayd.site.NewSite.Places(installed, installed.resolveSibling("bases"))),
                new RemoveCommand(locator, new overlayd.site.SiteRemoval(door, locator, new overlayd.site.SiteRemoval.Ground() {
                    @Override
                    public List<String> mountsBelow(java.nio.file.Path directory) {
                        return mounts;
                    }

                    @Override
                    public java.io.Closeable hold(java.util.Collection<java.nio.file.Path> directories) throws overlayd.failure.RefusedException {
                        return holding.hold(directories);
                    }
                })), new AuditCommand(locator, new Audits(door, new Secrets())),
                new DiffCommand((subhost, config, since, found) -> { }, locator), new ResetCommand(new overlayd.trial.Uppers(kernel), locator),
                new CheckpointCommand(new overlayd.trial.Checkpoints(kernel, java.time.Clock.systemUTC()), locator),
                new RollbackCommand(new overlayd.trial.Checkpoints(kernel, java.time.Clock.systemUTC()), locator),
                new DriftCommand(door, locator, new overlayd.trial.Drifts(kernel)),
                new TryCommand(new TryCommand.Needs(kernel, new overlayd.trial.Trials(kernel, Path.of("/nonexistent/try"), null, () -> { }), null, locator), null),
                new NetCommand(() -> null), new CopyCommand(door, locator, kernel)), LiveCommands.all(() -> live, locator,
                new Descriptions(() -> live, rows, new Audits(door, new Secrets()), new LogReading(kernel),
                        subhost -> java.util.Optional.empty()))).flatMap(List::stream).toList());
        server = new CommandServer(kernel, umbrella, "1.2.3");
    }

    @SuppressWarnings("unchecked")
    public static <T> T fake(Class<T> type, Map<String, Answer> answers) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            Answer answer = answers.get(method.getName());
            if (answer == null) {
                throw new UnsupportedOperationException(method.toString());
            }
            return answer.to(arguments);
        });
    }

    private Pipes pipes() {
        return fake(Pipes.class, Map.of("writeAll", a -> {
            boolean isOut = ((Fd) a[0]).number() == 1;
            if (isOut && readerGone) {
                throw new KernelException("write", "fd 1", Errno.EPIPE);
            }
            (isOut ? out : err).writeBytes((byte[]) a[1]);
            return null;
        }));
    }

    private Terminals terminals() {
        return fake(Terminals.class, Map.of("isTerminal", a -> columns > 0, "size", a -> {
            if (columns == 0) {
                throw new KernelException("size", "fd", Errno.ENOTTY);
            }
            return new Terminals.Size(25, columns);
        }));
    }

    /** Runs a command line; answers its exit status. */
    int run(String... words) {
        return server.run(invocation(words));
    }

    /** A command line of a client whose terminal is read by {@link #out} and {@link #err} from now on. */
    Invocation invocation(String... words) {
        out.reset();
        err.reset();
        Fd[] fds = new Fd[3];
        for (int i = 0; i < 3; i++) {
            fds[i] = new Fd(i, number -> { });
        }
        Console console = new Console(kernel.pipes(), kernel.terminals(), new Console.Stdio(fds[0], fds[1], fds[2]));
        return new Invocation(new Arguments(List.of(words), directory, environment), console, client());
    }

    private Client client() {
        return new Client() {
            @Override
            public void onInterrupt(IntConsumer listener) {
                signals.forEach(listener::accept);
                interrupt = listener;
            }

            @Override
            public void onHangup(Runnable listener) {
                hangup = listener;
            }

            @Override
            public void terminal(Fd master) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void lasting() {
                lasting = true;
            }

            @Override
            public int pid() {
                return 1;
            }

            @Override
            public void afterwards(Runnable action) {
                // nothing is done
            }
        };
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    Optional<Command> command(String name) {
        return umbrella.commands().stream().filter(command -> command.model().name().equals(name)).findFirst();
    }
}
