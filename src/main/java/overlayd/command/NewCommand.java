package overlayd.command;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.site.NewSite;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;

/** overlay new: the directories and the configuration file of a subhost that is not there yet. */
final class NewCommand implements Command {
    private static final String NAME = "overlay new";

    private final NewSite.Places places;
    private final Model model = Model.of(NAME, "overlay new [OPTION]... NAME")
            .about("Makes a subhost's directories and a commented configuration file.",
                    "The file is /etc/overlayd/conf.d/NAME.conf. Nothing is booted, nothing that exists is changed.")
            .operands("NAME", "1", "at most 12 letters, digits, dots, dashes and underscores")
            .option("DIR", String.class, "root of the system it shows; default /", "--lower")
            .option("BRIDGE", String.class, "bridge that its one cable is plugged into; default none", "--bridge")
            .option("DIR", String.class, "its directory; default /var/lib/overlayd/subhosts/NAME", "--base")
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.NOT_PERMITTED)
            .build();

    NewCommand(NewSite.Places places) {
        this.places = places;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        String name = given.operands().get(0);
        if (!NewSite.isName(name)) {
            throw new UsageException("\"" + Shown.of(name) + "\" is no name: at most 12 letters, digits, dots, dashes and underscores");
        }
        String bridge = given.value("--bridge", String.class).orElse("");
        if (!NewSite.isBridge(bridge)) {
            throw new UsageException("\"" + Shown.of(bridge) + "\" cannot be a bridge's name");
        }
        Path base = place(given, "--base", invocation).orElseGet(() -> places.base(name));
        Path lower = place(given, "--lower", invocation).orElse(Path.of("/"));
        return make(new NewSite(name, base, lower, bridge, places.file(name)), invocation);
    }

    private static Optional<Path> place(Given given, String option, Invocation invocation) throws UsageException {
        Optional<Path> path = given.value(option, String.class)
                .map(text -> invocation.arguments().workingDirectory().orElse(Path.of("/")).resolve(ByteText.path(text)).normalize());
        if (path.filter(some -> !NewSite.fits(some)).isPresent()) {
            throw new UsageException(option + ": a path with control characters, quotes, $ or # does not fit into a configuration file");
        }
        return path;
    }

    private static int make(NewSite site, Invocation invocation) {
        try {
            site.make();
        } catch (RefusedException refused) {
            ExitCode code = Refusals.tell(invocation, NAME, site.name(), refused);
            return (refused.kind() == RefusedException.Kind.CONFIG ? ExitCode.STEP : code).number();
        }
        invocation.console().out(Shown.of(ByteText.of(site.file())) + "\n");
        if (invocation.console().outIsTerminal()) {
            invocation.console().out("Boot it: overlay-boot " + site.name() + "\n");
        }
        return ExitCode.OK.number();
    }
}
