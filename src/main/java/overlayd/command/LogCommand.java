package overlayd.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import overlayd.config.ByteText;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.kernel.KernelException;
import overlayd.report.LogFiles;
import overlayd.report.LogReading;
import overlayd.report.ReaderGone;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;

/** overlay log: prints a subhost's log, and follows it. */
final class LogCommand implements Command {
    private static final String NAME = "overlay log";

    private final Door door;
    private final Locator locator;
    private final LogReading reading;
    private final Model model = Model.of(NAME, "overlay log [OPTION]... NAME|FILE")
            .about("Prints a subhost's log.", "That is what its boot, services and console wrote, older parts included.")
            .operands("NAME|FILE", "1", "name of the subhost, or its configuration file")
            .flag("go on until the subhost ends", "-f", "--follow")
            .option("LINES", Integer.class, "only the last LINES lines", "-n", "--lines")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.NOT_PERMITTED,
                    ExitCode.INTERRUPTED, ExitCode.READER_GONE, ExitCode.TERMINATED)
            .build();

    LogCommand(Door door, Locator locator, LogReading reading) {
        this.door = door;
        this.locator = locator;
        this.reading = reading;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Optional<Integer> lines = given.value("--lines", Integer.class);
        if (lines.filter(n -> n < 0).isPresent()) {
            throw new UsageException("--lines takes a number from 0 on");
        }
        String reference = given.operands().get(0);
        Optional<Locator.Named> named = invocation.known(locator, NAME, reference);
        Optional<Path> log = named.flatMap(this::log);
        if (log.isEmpty()) {
            named.ifPresent(found -> invocation.complain(NAME, found.name(), "which its log is cannot be told from its configuration; see: overlay check " + reference));
            return ExitCode.UNKNOWN.number();
        }
        if (LogFiles.of(log.get()).isEmpty() && !given.has("--follow")) {
            invocation.complain(NAME, named.get().name(), "there is no log yet: " + ByteText.of(log.get()));
            return ExitCode.UNKNOWN.number();
        }
        return print(new Source(named.get(), log.get(), lines), given.has("--follow"), invocation).number();
    }

    private record Source(Locator.Named named, Path log, Optional<Integer> lines) {
    }

    private ExitCode print(Source source, boolean follow, Invocation invocation) {
        ClientEnd end = ClientEnd.of(invocation.client());
        Consumer<byte[]> sink = invocation.console().outIsTerminal() ? new TerminalFilter(invocation.console()::out)
                : invocation.console()::out;
        Consumer<byte[]> ended = bytes -> {
            end.check();
            sink.accept(bytes);
        };
        try {
            if (follow && source.named().subhost().isPresent()) {
                reading.follow(source.named().subhost().get(), source.log(), source.lines(), new LogReading.Sinks(ended, end::ends));
            } else {
                reading.read(source.log(), source.lines(), ended);
            }
        } catch (ReaderGone gone) {
            return end.code() == ExitCode.OK ? ExitCode.READER_GONE : end.code();
        } catch (IOException | KernelException unreadable) {
            invocation.complain(NAME, source.named().name(), "its log cannot be read: " + unreadable.getMessage());
            return ExitCode.STEP;
        }
        return end.code();
    }

    /** Where the running one writes it; else where the next boot would. */
    private Optional<Path> log(Locator.Named named) {
        return named.subhost().map(record -> record.asked().log()).filter(log -> !log.isEmpty()).map(ByteText::path)
                .or(() -> named.file().flatMap(file -> door.plan(file, Strictness.BOOT).config()).map(SubhostConfig::log));
    }
}
