package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import overlayd.kernel.Deadline;
import overlayd.report.ReaderGone;
import overlayd.report.StateNews;
import overlayd.subhost.Live;
import overlayd.subhost.News;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;
import overlayd.varlink.Json;

/** overlay events: prints each change of a subhost's state as it comes. */
final class EventsCommand implements Command {
    private static final String NAME = "overlay events";

    private final Supplier<Live> live;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay events [OPTION]... [NAME|FILE]")
            .about("Lists changes of state as they come.",
                    "A line each, with time, name, state and reason; first what is so now. Without a name, of all subhosts. It goes on until it"
                    + " is interrupted.")
            .operands("NAME|FILE", "0..1", "name of the subhost, or its configuration file; also one that was not booted yet")
            .flag("one JSON object a line", "-j", "--json")
            .option("WHEN", String.class, "colours: auto, always or never", "--color")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.INTERRUPTED,
                    ExitCode.READER_GONE, ExitCode.TERMINATED)
            .build();

    EventsCommand(Supplier<Live> live, Locator locator) {
        this.live = live;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Palette palette = Palette.of(given.value("--color", String.class), invocation);
        Optional<Locator.Named> named = given.operands().stream().findFirst().flatMap(reference -> invocation.known(locator, NAME, reference));
        if (named.isEmpty() && !given.operands().isEmpty()) {
            return ExitCode.UNKNOWN.number();
        }
        ClientEnd end = ClientEnd.of(invocation.client());
        try (News.Subscription news = live.get().subscribe()) {
            end.ends(news::end);
            for (Optional<News.Item> item = news.next(Deadline.NEVER); item.isPresent(); item = news.next(Deadline.NEVER)) {
                if (StateNews.concerns(item.get(), named.map(Locator.Named::name))) {
                    invocation.console().out(given.has("--json") ? new String(Json.write(StateNews.json(item.get())), StandardCharsets.UTF_8) + "\n"
                            : coloured(item.get(), palette));
                }
            }
            return end.code().number();
        } catch (ReaderGone gone) {
            return (end.code() == ExitCode.OK ? ExitCode.READER_GONE : end.code()).number();
        }
    }

    private static String coloured(News.Item item, Palette palette) {
        String line = StateNews.line(item);
        return item.change().map(change -> palette.line(line.stripTrailing(), change.state(), change.degraded()) + "\n").orElse(line);
    }
}
