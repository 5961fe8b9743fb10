package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import overlayd.report.Counters;
import overlayd.report.ReaderGone;
import overlayd.subhost.Live;
import overlayd.subhost.Sample;
import overlayd.subhost.Sample.Consumption;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;
import overlayd.varlink.Json;

/** overlay top: what running subhosts use, again and again. Counters are read for whoever looks, and at no other time. */
final class TopCommand implements Command {
    private static final String NAME = "overlay top";
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 3600;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    /** Another screen, without a cursor, as pagers use; and back. */
    private static final String OPEN = "\u001b[?1049h\u001b[?25l";
    private static final String CLOSE = "\u001b[?25h\u001b[?1049l";

    private final Supplier<Live> live;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay top [OPTION]... [NAME|FILE...]")
            .about("Lists what running subhosts use: processor time, memory, processes, network.",
                    "On a terminal again and again, until it is interrupted; else once. Processor time is in percent of one processor; what a subhost receives and sends"
                    + " is counted at its cables, in bytes a second.")
            .operands("NAME|FILE", "0..*", "only these subhosts")
            .option("SECONDS", Double.class, "time between two looks, from 0.1; default 1", "-d", "--delay")
            .flag("look twice, print once and end", "-1", "--once")
            .flag("one JSON object for each look, a line each, until it is interrupted", "-j", "--json")
            .option("WHEN", String.class, "colours: auto, always or never", "--color")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.INTERRUPTED,
                    ExitCode.READER_GONE, ExitCode.TERMINATED)
            .build();

    TopCommand(Supplier<Live> live, Locator locator) {
        this.live = live;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        double delay = given.value("--delay", Double.class).orElse(1.0);
        if (!(delay >= SHORTEST && delay <= LONGEST)) {
            throw new UsageException("--delay takes seconds from 0.1 to 3600");
        }
        Palette palette = Palette.of(given.value("--color", String.class), invocation);
        List<String> names = given.operands().stream().flatMap(reference -> invocation.known(locator, NAME, reference).stream())
                .map(Locator.Named::name).toList();
        if (names.size() < given.operands().size()) {
            return ExitCode.UNKNOWN.number();
        }
        boolean again = !given.has("--once") && (given.has("--json") || invocation.console().outIsTerminal());
        Look look = new Look(names, delay, again, given.has("--json"), palette);
        return watch(look, invocation).number();
    }

    private record Look(List<String> names, double delay, boolean again, boolean json, Palette palette) {
        boolean screen() {
            return again && !json;
        }
    }

    private ExitCode watch(Look look, Invocation invocation) {
        ClientEnd end = ClientEnd.of(invocation.client());
        CountDownLatch over = new CountDownLatch(1);
        end.ends(over::countDown);
        try {
            invocation.console().out(look.screen() ? OPEN : "");
            Sample before = live.get().sample(look.names());
            while (!over.await((long) (look.delay() * 1000), TimeUnit.MILLISECONDS)) {
                Sample now = live.get().sample(look.names());
                show(look, now, before, invocation);
                before = now;
                if (!look.again()) {
                    break;
                }
            }
            invocation.console().out(look.screen() ? CLOSE : "");
            return end.code();
        } catch (ReaderGone gone) {
            return end.code() == ExitCode.OK ? ExitCode.READER_GONE : end.code();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return end.code();
        }
    }

    private static void show(Look look, Sample now, Sample before, Invocation invocation) {
        if (look.json()) {
            invocation.console().out(new String(Json.write(Counters.json(now, Optional.of(before))), StandardCharsets.UTF_8) + "\n");
            return;
        }
        boolean terminal = invocation.console().outIsTerminal();
        List<String> lines = lines(look, now, before, terminal ? invocation.console().width() : 0, terminal);
        if (!look.screen()) {
            lines.forEach(line -> invocation.console().out(line + "\n"));
            return;
        }
        StringBuilder frame = new StringBuilder("\u001b[H");
        frame.append("overlay top  ").append(LocalTime.now().format(CLOCK)).append("  ").append(now.subhosts().size())
                .append(" live\u001b[K\r\n");
        // What has no room below is left out, not scrolled.
        int room = Math.max(1, invocation.console().size().filter(size -> size.rows() > 0).map(size -> size.rows() - 2).orElse(lines.size()));
        lines.stream().limit(room).forEach(line -> frame.append(line).append("\u001b[K\r\n"));
        invocation.console().out(frame.append("\u001b[J").toString());
    }

    /** Who uses most comes first. */
    private static List<String> lines(Look look, Sample now, Sample before, int width, boolean headed) {
        Table table = headed ? new Table("NAME", "STATE", "CPU%", "MEMORY", "PROCS", "RECEIVED/s", "SENT/s", "LIMITS") : new Table();
        List<Consumption> all = now.subhosts().stream().sorted(Comparator.comparing((Consumption one) -> Counters.Rates.of(one, before, now.nanos())
                .cpuPercent().orElse(0.0)).reversed().thenComparing(Consumption::name)).toList();
        for (Consumption one : all) {
            Counters.Rates rates = Counters.Rates.of(one, before, now.nanos());
            table.row(one.name(), one.state().word(), rates.cpuPercent().map(p -> String.format(Locale.ROOT, "%.1f", p))
                    .orElse(""), size(one.usage().memoryBytes(), headed), number(one.usage().pids()), size(rates.receivedPerSecond(), headed),
                    size(rates.sentPerSecond(), headed), String.join(" ", one.limits()));
        }
        List<String> lines = new java.util.ArrayList<>(table.lines(width));
        int headings = headed ? 1 : 0;
        for (int i = 0; i < all.size(); i++) {
            lines.set(i + headings, look.palette().line(lines.get(i + headings), all.get(i).state(), !all.get(i).reason().isEmpty()));
        }
        return lines;
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }

    private static String size(OptionalLong bytes, boolean human) {
        return bytes.isPresent() && human ? Counters.size(bytes.getAsLong()) : number(bytes);
    }
}
