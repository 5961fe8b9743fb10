package overlayd.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.Problem;
import overlayd.config.Strictness;
import overlayd.group.BootSet;
import overlayd.group.GroupBoot;
import overlayd.order.Edge;
import overlayd.plan.PlanText;
import overlayd.subhost.FailAt;
import overlayd.subhost.Subhosts;
import overlayd.subject.Autostart;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Neighbours;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;

/** overlay-boot: boots subhosts in their order, and returns when they are ready. */
final class BootCommand implements Command {
    static final String NAME = "overlay-boot";

    private final Door door;
    private final Locator locator;
    private final Autostart autostart;
    private final UnitLimits limits;
    private final Model model = Model.of(NAME, "overlay-boot [OPTION]... FILE|NAME...")
            .about("Boots subhosts and returns when they are ready.", "Several at a time, each when those are ready that its AFTER and REQUIRES"
                    + " name. What it requires and does not run is booted with it.")
            .operands("FILE|NAME", "0..*", "configuration file, or its name in the working directory or in /etc/overlayd/conf.d; .conf may"
                    + " be left out")
            .flag("boot what the host boots at its start: files of /etc/overlayd/conf.d with AUTOSTART=yes, and what /etc/subhosts.conf"
                    + " lists", "-a", "--all")
            .flag("print every step with its undo, do nothing", "--plan")
            .flag("undo the boot when a service of START fails", "--strict")
            .flag("make BASE, LIVE, UPPER and WORK where they are missing", "--create")
            .flag("be the subhost's main process for systemd: return when it has ended; of several FILEs the first that exists is meant",
                    "--supervise")
            .flag("print errors only", "-q", "--quiet")
            .flag("print every service as it starts", "-v", "--verbose")
            .hidden("STEP[:ERRNO]", "--fail-at")
            .hidden("POINT", DieAt.OPTION)
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.EXISTS, ExitCode.BUSY, ExitCode.DEGRADED,
                    ExitCode.NOT_PERMITTED, ExitCode.CONFIG, ExitCode.INTERRUPTED, ExitCode.TERMINATED)
            .exit(ExitCode.INTERRUPTED, "interrupted (SIGINT); what was begun is undone")
            .exit(ExitCode.TERMINATED, "terminated (SIGTERM); what was begun is undone")
            .build();

    BootCommand(Door door, Locator locator, Autostart autostart, UnitLimits limits) {
        this.door = door;
        this.locator = locator;
        this.autostart = autostart;
        this.limits = limits;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        if (given.has("--all") == !given.operands().isEmpty()) {
            throw new UsageException(given.has("--all") ? "--all takes no FILE" : "name a FILE, or say --all");
        }
        if (given.has("--supervise")) {
            if (given.has("--all")) {
                throw new UsageException("--all and --supervise do not go together");
            }
            return new Supervision(door, locator, limits, new Supervision.Asked(given, invocation, wish(given))).run();
        }
        DieAt.arm(given);
        OneBoot.Asked asked = new OneBoot.Asked(given, invocation, wish(given), new Interruption(door));
        invocation.client().onInterrupt(asked.interruption()::arrive);
        return new Run(asked).all().number();
    }

    private static Subhosts.BootWish wish(Given given) throws UsageException {
        Optional<String> failAt = given.value("--fail-at", String.class);
        Optional<FailAt> parsed = failAt.flatMap(FailAt::parse);
        if (failAt.isPresent() && parsed.isEmpty()) {
            throw new UsageException("--fail-at takes STEP[:ERRNO], the number that --plan prints");
        }
        return new Subhosts.BootWish(given.has("--strict"), parsed,
                given.has("--supervise") ? Subhosts.Keeper.UNIT : Subhosts.Keeper.OVERLAYD);
    }

    /** One command line being carried out. */
    private final class Run implements GroupBoot.Work<ExitCode> {
        private final OneBoot.Asked asked;
        private final Given given;
        private final Invocation invocation;
        private ExitCode code = ExitCode.OK;
        private OneBoot one;

        private Run(OneBoot.Asked asked) {
            this.asked = asked;
            this.given = asked.given();
            this.invocation = asked.invocation();
        }

        private ExitCode all() {
            List<Path> files = given.has("--all") ? listed() : named();
            if (files.isEmpty()) {
                return code;
            }
            BootSet.Why why = given.has("--all") ? BootSet.Why.LISTED : BootSet.Why.ASKED;
            BootSet set = BootSet.of(files, why, door, new Neighbours(locator, door::list));
            // Here, each once: all those in a circle have the same one.
            Refusals.problems(invocation, set.allProblems());
            if (!set.others().isEmpty()) {
                code = ExitCode.CONFIG;
            }
            if (given.has("--plan")) {
                return code.worse(new GroupPlan(door, set, invocation).print());
            }
            ExitCode booted = boot(set);
            return asked.interruption().code().orElse(code.worse(booted));
        }

        private ExitCode boot(BootSet set) {
            boolean alone = given.operands().size() == 1 && set.members().size() == 1;
            one = new OneBoot(door, asked, alone ? OneBoot.Company.ALONE : OneBoot.Company.AMONG_OTHERS);
            return set.isPlain() ? boot(set.members().get(0)).told()
                    : new GroupBoot<>(door, set, this).run().stream().reduce(ExitCode.OK, ExitCode::worse);
        }

        @Override
        public GroupBoot.Result<ExitCode> boot(BootSet.Member member) {
            OneBoot.Result result = one.boot(member);
            return new GroupBoot.Result<>(end(result.code()), result.why(), result.code());
        }

        private static GroupBoot.End end(ExitCode code) {
            return code == ExitCode.OK ? GroupBoot.End.READY : code == ExitCode.EXISTS ? GroupBoot.End.EXISTS
                    : code == ExitCode.CONFIG ? GroupBoot.End.MISCONFIGURED : GroupBoot.End.NOT_READY;
        }

        private List<Path> named() {
            List<Path> files = new ArrayList<>();
            for (String reference : given.operands()) {
                Optional<Path> file = locator.file(reference, invocation.arguments().workingDirectory());
                file.ifPresent(files::add);
                if (file.isEmpty()) {
                    missing(reference);
                }
            }
            return files;
        }

        private List<Path> listed() {
            List<Autostart.Entry> entries = autostart.entries();
            entries.stream().filter(entry -> entry.file().isEmpty()).forEach(entry -> missing(entry.reference()));
            if (entries.isEmpty() && !given.has("--quiet")) {
                invocation.complain(NAME, "", "nothing to boot: no file of /etc/overlayd/conf.d says AUTOSTART=yes, and " + autostart.list()
                        + " lists none");
            }
            return entries.stream().flatMap(entry -> entry.file().stream()).toList();
        }

        private void missing(String reference) {
            code = ExitCode.CONFIG;
            invocation.complain(NAME, reference, reference.contains("/") ? "there is no such file"
                    : "no configuration file of this name here or in /etc/overlayd/conf.d");
        }

        @Override
        public ExitCode refused(BootSet.Member member, List<Problem> problems) {
            invocation.complain(NAME, member.name(), "was not booted");
            return ExitCode.CONFIG;
        }

        @Override
        public ExitCode left(Edge edge, GroupBoot.Result<ExitCode> required) {
            invocation.complain(NAME, edge.from(), "was not booted: it requires " + edge.to() + ", which " + required.why());
            return required.end() == GroupBoot.End.MISCONFIGURED ? ExitCode.CONFIG : ExitCode.STEP;
        }

        @Override
        public ExitCode runs(BootSet.Member member) {
            if (given.has("--verbose")) {
                invocation.console().err(member.name() + ": runs already\n");
            }
            return ExitCode.OK;
        }
    }

    /** {@code --plan} of a set: who is booted when, then each plan. */
    private record GroupPlan(Door door, BootSet set, Invocation invocation) {
        ExitCode print() {
            ExitCode code = ExitCode.OK;
            if (set.members().size() > 1) {
                order();
            }
            for (BootSet.Member member : set.members()) {
                Subhosts.Planning planning = door.plan(member.file(), Strictness.BOOT);
                Refusals.problems(invocation, planning.problems());
                planning.plan().ifPresent(plan -> invocation.console().out(Shown.of(PlanText.of(plan))));
                code = planning.plan().isPresent() && set.problems(member.name()).isEmpty() ? code : ExitCode.CONFIG;
            }
            return code;
        }

        private void order() {
            List<List<String>> levels = set.graph().levels();
            StringBuilder text = new StringBuilder("order of the boots:\n");
            for (int i = 0; i < levels.size(); i++) {
                text.append("%4d  %s%n".formatted(i + 1, String.join(" ", levels.get(i))));
            }
            invocation.console().out(text.toString());
        }
    }
}
