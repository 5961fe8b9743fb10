package overlayd.command;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.report.ReaderGone;
import overlayd.subject.UsageException;
import overlayd.varlink.Call;
import overlayd.varlink.CommandHandlers;
import overlayd.varlink.Json;
import overlayd.varlink.VarlinkError;

/** Carries out command lines that clients send, each on its connection's thread. */
final class CommandServer implements CommandHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(CommandServer.class);

    private static final int BEGINNING = 4096;

    private final Kernel kernel;
    private final Umbrella umbrella;
    private final String version;

    CommandServer(Kernel kernel, Umbrella umbrella, String version) {
        this.kernel = kernel;
        this.umbrella = umbrella;
        this.version = version;
    }

    @Override
    public void run(Call call) throws VarlinkError {
        Console console = new Console(kernel.pipes(), kernel.terminals(), new Console.Stdio(fd(call, "stdin"), fd(call, "stdout"),
                fd(call, "stderr")));
        List<Runnable> afterwards = new ArrayList<>();
        int status = run(fd(call, "arguments"), console, Client.of(call, afterwards::add));
        call.reply(Json.object().put("exitStatus", status));
        afterwards.forEach(Runnable::run);
    }

    private static Fd fd(Call call, String parameter) throws VarlinkError {
        return call.fd(parameter).orElseThrow(() -> VarlinkError.invalidParameter(parameter));
    }

    private int run(Fd memory, Console console, Client client) {
        byte[] beginning = new byte[0];
        try {
            // The first piece tells who asks, also when the whole is too large.
            beginning = kernel.pipes().read(memory, BEGINNING, Deadline.NEVER).orElseThrow();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(beginning);
            all.writeBytes(kernel.pipes().readAll(memory, Arguments.MOST_BYTES - beginning.length));
            return run(new Invocation(Arguments.decode(all.toByteArray()), console, client));
        } catch (KernelException refused) {
            return unreadable(beginning, console, refused.errno() == Errno.EFBIG
                    ? "arguments and environment are larger than 1 MiB together; give fewer arguments, or run it with env -i"
                    : "the command line cannot be read: " + refused.getMessage());
        } catch (UsageException refused) {
            return unreadable(beginning, console, refused.getMessage());
        }
    }

    private int unreadable(byte[] beginning, Console console, String why) {
        Optional<Command> command = Arguments.program(beginning).flatMap(umbrella::ofProgram);
        console.err(command.map(c -> c.model().name()).orElse("overlay") + ": " + why + "\n");
        return command.map(Command::usageCode).orElse(ExitCode.USAGE).number();
    }

    /** Runs a command line that could be read. */
    int run(Invocation invocation) {
        String shown = invocation.arguments().words().get(0);
        int usageStatus = ExitCode.USAGE.number();
        try {
            Umbrella.Chosen chosen = umbrella.choose(invocation.arguments());
            if (chosen.command().isEmpty()) {
                return alone(chosen.arguments(), invocation);
            }
            Command command = chosen.command().get();
            shown = command.model().name();
            usageStatus = command.usageCode().number();
            return run(command, new Invocation(chosen.arguments(), invocation.console(), invocation.client()));
        } catch (UsageException wrong) {
            invocation.complain(shown, "", wrong.getMessage() + "\nTry: " + shown + " --help");
            return usageStatus;
        } catch (ReaderGone gone) {
            return (gone.hasFailed() ? ExitCode.STEP : ExitCode.READER_GONE).number();
        } catch (RuntimeException defect) {
            LOG.error("{}", shown, defect);
            invocation.complain(shown, "", "a defect of overlayd: " + defect + "; the daemon's log says more");
            return usageStatus == ExitCode.OURS.number() ? usageStatus : ExitCode.DEFECT.number();
        }
    }

    private int run(Command command, Invocation invocation) throws UsageException {
        List<String> words = invocation.arguments().words();
        Given given = command.model().parse(words.subList(1, words.size()));
        Optional<Integer> answered = answered(command.model(), given, invocation);
        return answered.isPresent() ? answered.get() : command.run(given, invocation);
    }

    private int alone(Arguments arguments, Invocation invocation) throws UsageException {
        Given given = umbrella.model().parse(arguments.words().subList(1, arguments.words().size()));
        Optional<Integer> answered = answered(umbrella.model(), given, invocation);
        if (answered.isEmpty()) {
            invocation.console().err(umbrella.model().help());
        }
        return answered.orElse(ExitCode.USAGE.number());
    }

    private Optional<Integer> answered(Model model, Given given, Invocation invocation) {
        if (given.has("--help")) {
            invocation.console().out(model.help());
        } else if (given.has("--version")) {
            invocation.console().out(model.name() + " (overlayd) " + version + "\n");
        } else {
            return Optional.empty();
        }
        return Optional.of(ExitCode.OK.number());
    }
}
