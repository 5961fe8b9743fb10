package overlayd.command;

import java.util.List;
import overlayd.report.Rows;
import overlayd.subject.UsageException;

/** overlay-list: what runs, what failed, on demand also what is stopped. */
final class ListCommand implements Command {
    private static final String NAME = "overlay-list";

    private final Rows source;
    private final Listing listing;
    private final Model model = Model.of(NAME, "overlay-list [OPTION]...")
            .about("Lists running and failed subhosts.")
            .flag("also stopped ones, and those of /etc/overlayd/conf.d that were not booted", "-a", "--all")
            .flag("one JSON array; times in seconds", "-j", "--json")
            .option("WHEN", String.class, "colours: auto, always or never", "--color")
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.NOT_PERMITTED, ExitCode.READER_GONE)
            .build();

    ListCommand(Rows source) {
        this.source = source;
        this.listing = new Listing(source);
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Palette palette = Palette.of(given.value("--color", String.class), invocation);
        List<Rows.Row> rows = given.has("--all") ? source.all() : source.current();
        if (given.has("--json")) {
            invocation.console().out(source.json(rows));
        } else if (!rows.isEmpty()) {
            listing.print(rows, invocation, palette);
        } else if (invocation.console().outIsTerminal()) {
            invocation.complain(NAME, "", given.has("--all") ? "there are no subhosts" : "no subhost is running; -a shows stopped ones");
        }
        return ExitCode.OK.number();
    }
}
