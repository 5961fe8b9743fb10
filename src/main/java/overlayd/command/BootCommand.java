package overlayd.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.plan.PlanText;
import overlayd.security.Denials;
import overlayd.subhost.FailAt;
import overlayd.subhost.Progress;
import overlayd.subhost.RefusedException;
import overlayd.subhost.SubhostRecord;
import overlayd.subhost.Subhosts;

/** overlay-boot: boots subhosts, one after the other, and returns when they are ready. */
final class BootCommand implements Command {
    private static final String NAME = "overlay-boot";
    /** Lines of the log that are shown when a service failed. */
    private static final int LAST_LINES = 10;

    private final Door door;
    private final Locator locator;
    private final Model model = Model.of(NAME, "overlay-boot [OPTION]... FILE|NAME...")
            .about("Boots subhosts, one after the other, and returns when they are ready.")
            .operands("FILE|NAME", "1..*", "configuration file, or its name in the working directory or in /etc/overlayd/conf.d; .conf may"
                    + " be left out")
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
            .build();

    BootCommand(Door door, Locator locator) {
        this.door = door;
        this.locator = locator;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        if (given.has("--supervise")) {
            return new Supervision(door, locator, new Supervision.Asked(given, invocation, wish(given))).run();
        }
        DieAt.arm(given);
        Run run = new Run(given, invocation, wish(given));
        invocation.client().onInterrupt(run.interruption::arrive);
        ExitCode code = ExitCode.OK;
        for (String reference : given.operands()) {
            code = worse(code, given.has("--plan") ? run.plan(reference) : run.boot(reference));
            Optional<ExitCode> interrupted = run.interruption.code();
            if (interrupted.isPresent()) {
                return interrupted.get().number();
            }
        }
        return code.number();
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

    /** Of several boots the first failure counts, and a degraded subhost less than a failure. */
    private static ExitCode worse(ExitCode one, ExitCode other) {
        return one == ExitCode.OK || one == ExitCode.DEGRADED && other != ExitCode.OK ? other : one;
    }

    /** One command line being carried out. */
    private final class Run {
        private final Given given;
        private final Invocation invocation;
        private final Subhosts.BootWish wish;
        private final Interruption interruption = new Interruption(door);

        private Run(Given given, Invocation invocation, Subhosts.BootWish wish) {
            this.given = given;
            this.invocation = invocation;
            this.wish = wish;
        }

        private ExitCode plan(String reference) {
            Optional<Path> file = find(reference);
            if (file.isEmpty()) {
                return ExitCode.CONFIG;
            }
            Subhosts.Planning planning = door.plan(file.get(), Strictness.BOOT);
            Refusals.problems(invocation, planning.problems());
            planning.plan().ifPresent(plan -> invocation.console().out(Shown.of(PlanText.of(plan))));
            return planning.plan().isPresent() ? ExitCode.OK : ExitCode.CONFIG;
        }

        private ExitCode boot(String reference) {
            Optional<Path> file = find(reference);
            if (file.isEmpty()) {
                return ExitCode.CONFIG;
            }
            Optional<SubhostConfig> config = Locator.read(file.get());
            String name = Locator.nameIn(file.get(), config);
            LogFiles.Mark before = config.map(c -> LogFiles.Mark.of(c.log())).orElse(LogFiles.Mark.START);
            Directories directories = new Directories();
            try {
                if (given.has("--create")) {
                    directories.make(file.get());
                }
                return boot(file.get(), name, before);
            } catch (RefusedException refused) {
                directories.takeBack();
                return Refusals.tell(invocation, NAME, name, refused);
            } catch (IOException refused) {
                directories.takeBack();
                invocation.complain(NAME, name, "cannot make directory " + refused.getMessage());
                return ExitCode.STEP;
            }
        }

        private Optional<Path> find(String reference) {
            Optional<Path> file = locator.file(reference, invocation.arguments().workingDirectory());
            if (file.isEmpty()) {
                invocation.complain(NAME, reference, reference.contains("/") ? "there is no such file"
                        : "no configuration file of this name here or in /etc/overlayd/conf.d");
            }
            return file;
        }

        private ExitCode boot(Path file, String name, LogFiles.Mark before) throws RefusedException {
            long begun = System.nanoTime();
            Subhosts.Booted booted;
            try (ProgressLines progress = new ProgressLines(invocation, NAME, name, ProgressLines.detail(given))) {
                if (!interruption.begin(name)) {
                    throw new RefusedException(RefusedException.Kind.CANCELLED, "interrupted before " + name + " was booted");
                }
                booted = door.boot(file, wish, progress);
            } finally {
                interruption.over();
            }
            if (interruption.code().isPresent()) {
                // The signal came while it was planned, or when it was ready already: neither can be cancelled.
                door.stop(booted.subhost().name(), new Subhosts.StopWish(true, Optional.empty()), Progress.SILENT);
                invocation.complain(NAME, name, "interrupted; everything was undone");
                return interruption.code().get();
            }
            return tell(booted, before, System.nanoTime() - begun);
        }

        private ExitCode tell(Subhosts.Booted booted, LogFiles.Mark before, long nanos) {
            SubhostRecord subhost = booted.subhost();
            if (!given.has("--quiet")) {
                Refusals.problems(invocation, booted.warnings().stream().filter(p -> !p.isError()).toList());
                Refusals.problems(invocation, Locator.read(ByteText.path(subhost.file())).flatMap(Drift::of).stream().toList());
            }
            if (!subhost.reason().isEmpty()) {
                StringBuilder text = new StringBuilder("running, but degraded: " + subhost.reason());
                List<String> lines = LogFiles.lastLines(ByteText.path(subhost.log()), LAST_LINES, before);
                lines.forEach(line -> text.append("\n  log: ").append(line));
                Denials.remedy(subhost.reason(), lines, subhost.settings()).ifPresent(setting ->
                        text.append("\n  the default profile denies it something; what would allow it: ").append(setting));
                invocation.complain(NAME, subhost.name(), text.toString());
                return ExitCode.DEGRADED;
            }
            if (given.has("--verbose") || invocation.console().errIsTerminal() && !given.has("--quiet")) {
                invocation.console().err("%s: running, init %d, after %.2f s%n".formatted(subhost.name(), subhost.initPid(), nanos / 1e9));
            }
            return ExitCode.OK;
        }
    }
}
