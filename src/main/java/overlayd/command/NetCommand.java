package overlayd.command;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import overlayd.config.Subnet;
import overlayd.failure.RefusedException;
import overlayd.report.Documents;
import overlayd.subhost.Net;
import overlayd.subhost.Networks;
import overlayd.subject.NetWords;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.varlink.Json;

/** overlay net: bridges with addresses for subhosts, and address translation for what leaves the host. */
final class NetCommand implements Command {
    private static final String NAME = "overlay net";

    private final Supplier<Networks> networks;
    private final Model model = Model.of(NAME, "overlay net create|list|delete [OPTION]... [NAME [ADDRESS/PREFIX...]]")
            .about("Makes, lists and deletes bridges for subhosts.",
                    "The addresses are the bridge's, IPv4 and IPv6; ADDRESS=auto takes from their networks and has them as gateway."
                    + " A network is there again after the host's next start, as soon as overlayd runs.")
            .operands("ACTION", "1..*", "create, list or delete, with what it is for")
            .flag("create: what leaves the network by another interface gets the host's address (masquerade), and the host forwards packets",
                    "--nat")
            .flag("list: one JSON array", "-j", "--json")
            .hidden("POINT", DieAt.OPTION)
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.NOT_PERMITTED)
            .build();

    NetCommand(Supplier<Networks> networks) {
        this.networks = networks;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        List<String> words = given.operands().subList(1, given.operands().size());
        if (given.has("--nat") && !given.operands().get(0).equals("create") || given.has("--json") && !given.operands().get(0).equals("list")) {
            throw new UsageException("--nat is for create, --json for list");
        }
        return switch (given.operands().get(0)) {
            case "create" -> create(given, words, invocation);
            case "list" -> list(given, words, invocation);
            case "delete" -> delete(given, words, invocation);
            default -> throw new UsageException("there is no \"overlay net " + Shown.of(given.operands().get(0)) + "\"; there are: create, list, delete");
        };
    }

    private int create(Given given, List<String> words, Invocation invocation) throws UsageException {
        if (words.isEmpty()) {
            throw new UsageException("create needs a name and an address: overlay net create br0 10.0.3.1/24 --nat");
        }
        Net net = NetWords.net(words.get(0), words.subList(1, words.size()), given.has("--nat"));
        DieAt.arm(given);
        try {
            networks.get().create(net).notes().forEach(note -> invocation.complain(NAME, net.name(), note));
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, net.name(), refused).number();
        }
    }

    private int list(Given given, List<String> words, Invocation invocation) throws UsageException {
        if (!words.isEmpty()) {
            throw new UsageException("list takes no name");
        }
        List<Networks.Row> rows = networks.get().list();
        if (given.has("--json")) {
            invocation.console().out(new String(Json.write(Documents.networks(rows)), StandardCharsets.UTF_8) + "\n");
            return ExitCode.OK.number();
        }
        Table table = invocation.console().outIsTerminal() ? new Table("NAME", "ADDRESSES", "NAT", "STATE", "USED BY") : new Table();
        rows.forEach(row -> table.row(row.net().name(), String.join(",", row.net().addresses().stream().map(Subnet::toString).toList()),
                row.net().masqueraded() == Net.Masquerade.YES ? "nat" : "", row.trouble().isEmpty() ? "up" : row.trouble(),
                String.join(",", row.users().stream().map(user -> user.substring(user.indexOf(' ') + 1)).toList())));
        if (!rows.isEmpty()) {
            table.lines(0).forEach(line -> invocation.console().out(line + "\n"));
        }
        return ExitCode.OK.number();
    }

    private int delete(Given given, List<String> words, Invocation invocation) throws UsageException {
        if (words.isEmpty()) {
            throw new UsageException("delete needs the name of a network");
        }
        DieAt.arm(given);
        int status = ExitCode.OK.number();
        for (String name : words) {
            try {
                networks.get().delete(name);
            } catch (RefusedException refused) {
                status = Refusals.tell(invocation, NAME, name, refused).number();
            }
        }
        return status;
    }
}
