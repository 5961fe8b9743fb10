package overlayd.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.enter.Login;
import overlayd.enter.Logins;
import overlayd.enter.Session;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Signal;
import overlayd.state.SubhostRecord;
import overlayd.subhost.InsideCommand;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.varlink.ClientGone;

/** overlay-go: a shell, or a command, in a running subhost. */
final class GoCommand implements Command {
    private static final String NAME = "overlay-go";

    private final Door door;
    private final Locator locator;
    private final Logins logins;
    private final Kernel kernel;
    private final Listing listing;
    private final Model model = Model.of(NAME, "overlay-go [OPTION]... [NAME|FILE [-- COMMAND...]]")
            .about("Runs a command in a running subhost.", "By default it is root's login shell. With a terminal on standard input and"
                    + " output it gets a terminal of the subhost. Without NAME: lists running subhosts.")
            .operands("NAME|FILE", "0..1", "name of the subhost, or its configuration file")
            .repeated("NAME=VALUE", "set a variable in the command's environment, which is otherwise a clean login's; may be repeated",
                    "--env")
            .flag("no terminal of the subhost; the caller's, if it is one, is handed in itself", "-T", "--no-terminal")
            .commandAfterDash()
            .exits(ExitCode.OURS, ExitCode.NOT_EXECUTABLE, ExitCode.NOT_FOUND)
            .footer("Otherwise the command's own status, or 128 + the signal that ended it.")
            .build();

    /** What it needs besides the door. */
    record Needs(Locator locator, Kernel kernel, Logins logins, Listing listing) {
    }

    GoCommand(Door door, Needs needs) {
        this.door = door;
        this.locator = needs.locator();
        this.logins = needs.logins();
        this.kernel = needs.kernel();
        this.listing = needs.listing();
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public ExitCode usageCode() {
        return ExitCode.OURS;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        if (given.operands().isEmpty()) {
            if (given.after().isPresent()) {
                throw new UsageException("in which subhost? give its NAME before --");
            }
            return listing.running(invocation);
        }
        Wish wish = new Wish(given.after(), additional(given.values("--env")), given.has("--no-terminal")
                ? InsideCommand.Handing.TERMINALS : InsideCommand.Handing.NO_TERMINALS);
        if (given.after().filter(List::isEmpty).isPresent()) {
            throw new UsageException("no command after --");
        }
        String reference = given.operands().get(0);
        Optional<SubhostRecord> booted = invocation.booted(locator, NAME, reference).flatMap(Locator.Named::booted);
        if (booted.isEmpty()) {
            return ExitCode.OURS.number();
        }
        SubhostRecord subhost = booted.get();
        Optional<InsideCommand.Terminal> terminal = given.has("--no-terminal") ? Optional.empty() : terminal(invocation.console());
        try {
            return new Visit(invocation, subhost.name()).go(request(subhost, wish, terminal, invocation));
        } catch (RefusedException refused) {
            Refusals.tell(invocation, NAME, subhost.name(), refused);
        } catch (KernelException refused) {
            invocation.complain(NAME, subhost.name(), refused.getMessage());
        }
        return ExitCode.OURS.number();
    }

    private static Map<String, String> additional(List<String> entries) throws UsageException {
        Map<String, String> additional = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new UsageException("--env takes NAME=VALUE, not \"" + Shown.of(entry) + "\"");
            }
            additional.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return additional;
    }

    /** What the command line asks for. {@code additional}: variables of the environment. */
    private record Wish(Optional<List<String>> command, Map<String, String> additional, InsideCommand.Handing handing) {
    }

    /** The terminal to make: of the size of the client's; empty when nobody sits there. */
    private static Optional<InsideCommand.Terminal> terminal(Console console) {
        InsideCommand.Terminal usual = new InsideCommand.Terminal(24, 80);
        return !console.isInteractive() ? Optional.empty() : Optional.of(console.size().filter(size -> size.rows() > 0)
                .map(size -> new InsideCommand.Terminal(size.rows(), size.columns())).orElse(usual));
    }

    private InsideCommand.Request request(SubhostRecord subhost, Wish wish, Optional<InsideCommand.Terminal> terminal,
            Invocation invocation) {
        Login login = logins.root(subhost);
        Console.Stdio stdio = invocation.console().stdio();
        return new InsideCommand.Request(wish.command().orElse(login.loginShell()),
                login.environment(invocation.arguments().environment(), wish.additional()), login.home(), terminal,
                terminal.isPresent() ? List.of() : List.of(stdio.in(), stdio.out(), stdio.err()), wish.handing());
    }

    /** One command inside, from start to status. */
    private final class Visit {
        private final Invocation invocation;
        private final String name;

        private Visit(Invocation invocation, String name) {
            this.invocation = invocation;
            this.name = name;
        }

        private int go(InsideCommand.Request request) throws RefusedException, KernelException {
            Optional<ClientTerminal> before = request.terminal().isEmpty() ? Optional.empty() : remember();
            try (Session session = door.start(name, request)) {
                if (request.terminal().isPresent()) {
                    handOver(session);
                }
                invocation.client().onInterrupt(session::signal);
                invocation.client().onHangup(() -> {
                    session.signal(Signal.HUP.number());
                    before.ifPresent(ClientTerminal::restore);
                });
                // NEVER passes only with an outcome
                return status(request, session.await(Deadline.NEVER).orElseThrow());
            }
        }

        private Optional<ClientTerminal> remember() throws KernelException {
            Optional<ClientTerminal> before = ClientTerminal.remember(kernel.terminals(), invocation.console().stdio().in());
            if (before.isPresent()) {
                Pidfd client = kernel.processes().open(invocation.client().pid());
                invocation.client().afterwards(() -> before.get().restoreAfter(client));
            }
            return before;
        }

        /** From here on only the client has the master: when it dies, the kernel hangs the session up. */
        private void handOver(Session session) throws KernelException {
            try (Fd master = session.terminal()) {
                invocation.client().terminal(master);
            } catch (ClientGone gone) {
                session.signal(Signal.HUP.number());
            }
        }

        private int status(InsideCommand.Request request, InsideCommand.Outcome outcome) {
            if (outcome.execErrno().isPresent()) {
                Errno errno = outcome.execErrno().get();
                boolean absent = errno == Errno.ENOENT;
                invocation.complain(NAME, name, request.command().get(0) + ": " + (absent ? "command not found"
                        : "cannot be executed: " + errno + " (" + errno.meaning() + ")"));
                return (absent ? ExitCode.NOT_FOUND : ExitCode.NOT_EXECUTABLE).number();
            }
            if (outcome.lost().isPresent()) {
                Errno errno = outcome.lost().get();
                invocation.complain(NAME, name, "not all that the command wrote could be written: " + errno + " (" + errno.meaning() + ")");
                return ExitCode.OURS.number();
            }
            if (outcome.status().end() == ExitStatus.End.UNKNOWN) {
                invocation.complain(NAME, name, "how the command ended is not known");
                return ExitCode.OURS.number();
            }
            return outcome.status().shellStatus();
        }
    }
}
