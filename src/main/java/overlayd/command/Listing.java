package overlayd.command;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import overlayd.report.Rows;
import overlayd.state.SubhostState;
import overlayd.subject.UsageException;

/** Rows of subhosts as a table. */
public final class Listing {
    private final Rows source;

    public Listing(Rows source) {
        this.source = source;
    }

    /** What overlay-go prints without a name: the running ones. */
    int running(Invocation invocation) throws UsageException {
        List<Rows.Row> rows = source.current().stream().filter(row -> row.state() == SubhostState.RUNNING).toList();
        if (rows.isEmpty()) {
            invocation.complain("overlay-go", "", "no subhost is running");
        } else {
            print(rows, invocation, Palette.of(Optional.empty(), invocation));
        }
        return ExitCode.OK.number();
    }

    /** The table; without headings and with raw times when nobody looks at it. */
    void print(List<Rows.Row> rows, Invocation invocation, Palette palette) {
        boolean terminal = invocation.console().outIsTerminal();
        int width = terminal ? invocation.console().width() : 0;
        List<String> lines = table(rows, terminal, Rows.Row::file).lines(0);
        if (width > 0 && lines.stream().anyMatch(line -> line.codePointCount(0, line.length()) > width)) {
            // The reason of a failure comes last, and says more than where a file lies.
            lines = table(rows, terminal, row -> row.file().substring(row.file().lastIndexOf('/') + 1)).lines(width);
        }
        int headings = lines.size() - rows.size();
        StringBuilder text = new StringBuilder();
        lines.subList(0, headings).forEach(line -> text.append(line).append('\n'));
        for (int i = 0; i < rows.size(); i++) {
            text.append(palette.line(lines.get(i + headings), rows.get(i).state(), rows.get(i).degraded())).append('\n');
        }
        invocation.console().out(text.toString());
    }

    private Table table(List<Rows.Row> rows, boolean terminal, Function<Rows.Row, String> file) {
        Table table = terminal ? new Table("NAME", "STATE", "INIT", "UPTIME", "ADDRESSES", "ROOT", "FILE", "REASON") : new Table();
        rows.forEach(row -> table.row(row.name(), row.degraded() ? "degraded" : row.stateWord(),
                row.initPid() == 0 ? "" : Integer.toString(row.initPid()),
                row.bootedAt() == 0 ? "" : terminal ? human(source.uptime(row)) : Long.toString(source.uptime(row)),
                row.addresses().stream().map(Rows.Address::plain).collect(Collectors.joining(",")),
                row.rootKind(), file.apply(row), row.remarks()));
        return table;
    }

    /** The two largest units: {@code 3d 4h}, {@code 12m 5s}, {@code 7s}. */
    static String human(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toDays() > 0) {
            return time.toDays() + "d " + time.toHoursPart() + "h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + "h " + time.toMinutesPart() + "m";
        }
        return time.toMinutes() > 0 ? time.toMinutes() + "m " + time.toSecondsPart() + "s" : seconds + "s";
    }
}
