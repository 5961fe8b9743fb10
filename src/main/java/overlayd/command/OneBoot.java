package overlayd.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.group.BootSet;
import overlayd.group.GroupRefusal;
import overlayd.report.Drift;
import overlayd.report.LogFiles;
import overlayd.security.Denials;
import overlayd.state.SubhostRecord;
import overlayd.state.Took;
import overlayd.subhost.Progress;
import overlayd.subhost.Subhosts;
import overlayd.subject.Directories;
import overlayd.subject.Door;
import overlayd.subject.Locator;

/** Boots one subhost for a command line, and says how that went. Any thread. */
final class OneBoot {
    private static final String NAME = BootCommand.NAME;
    /** Lines of the log that are shown when a service failed. */
    private static final int LAST_LINES = 10;

    /** Whether it is booted alone, or a line of result tells it from the others. */
    enum Company { ALONE, AMONG_OTHERS }

    /** The command line. */
    record Asked(Given given, Invocation invocation, Subhosts.BootWish wish, Interruption interruption) {
    }

    /**
     * How it went.
     *
     * @param why what those are told that require it: "failed: ..."; empty when it is ready
     */
    record Result(ExitCode code, String why) {
    }

    private final Door door;
    private final Asked asked;
    private final Company company;
    private final Given given;
    private final Invocation invocation;

    OneBoot(Door door, Asked asked, Company company) {
        this.door = door;
        this.asked = asked;
        this.company = company;
        this.given = asked.given();
        this.invocation = asked.invocation();
    }

    Result boot(BootSet.Member member) {
        String name = member.name();
        LogFiles.Mark before = member.config().map(config -> LogFiles.Mark.of(config.log())).orElse(LogFiles.Mark.START);
        Directories directories = new Directories();
        try {
            if (given.has("--create")) {
                directories.make(member.file());
            }
            return carryOut(member.file(), name, before);
        } catch (RefusedException refused) {
            directories.takeBack();
            return new Result(Refusals.tell(invocation, NAME, name, refused), GroupRefusal.why(refused));
        } catch (IOException refused) {
            directories.takeBack();
            invocation.complain(NAME, name, "cannot make directory " + refused.getMessage());
            return new Result(ExitCode.STEP, "failed: cannot make directory " + refused.getMessage());
        }
    }

    private Result carryOut(Path file, String name, LogFiles.Mark before) throws RefusedException {
        long begun = System.nanoTime();
        Subhosts.Booted booted;
        Interruption interruption = asked.interruption();
        try (ProgressLines progress = new ProgressLines(invocation, NAME, name, ProgressLines.detail(given))) {
            if (!interruption.begin(name)) {
                throw new RefusedException(RefusedException.Kind.CANCELLED, "interrupted before " + name + " was booted");
            }
            booted = door.boot(file, asked.wish(), progress);
        } finally {
            interruption.over(name);
        }
        if (interruption.code().isPresent()) {
            // The signal came while it was planned, or when it was ready already: neither can be cancelled.
            door.stop(booted.subhost().name(), new Subhosts.StopWish(true, Optional.empty()), Progress.SILENT);
            invocation.complain(NAME, name, "interrupted; everything was undone");
            return new Result(interruption.code().get(), "was interrupted");
        }
        return tell(booted, before, System.nanoTime() - begun);
    }

    private Result tell(Subhosts.Booted booted, LogFiles.Mark before, long nanos) {
        SubhostRecord subhost = booted.subhost();
        if (!given.has("--quiet")) {
            Refusals.problems(invocation, booted.warnings().stream().filter(p -> !p.isError()).toList());
            Refusals.problems(invocation, Locator.read(ByteText.path(subhost.file())).flatMap(Drift::of).stream().toList());
        }
        if (!subhost.reason().isEmpty()) {
            StringBuilder text = new StringBuilder("running, but degraded: " + subhost.reason());
            List<String> lines = LogFiles.lastLines(ByteText.path(subhost.asked().log()), LAST_LINES, before);
            lines.forEach(line -> text.append("\n  log: ").append(line));
            Denials.remedy(subhost.reason(), lines, subhost.asked().settings()).ifPresent(setting ->
                    text.append("\n  the default profile denies it something; what would allow it: ").append(setting));
            invocation.complain(NAME, subhost.name(), text.toString());
            return new Result(ExitCode.DEGRADED, "is degraded: " + subhost.reason());
        }
        boolean shown = invocation.console().errIsTerminal() || company == Company.AMONG_OTHERS;
        if (given.has("--verbose") || shown && !given.has("--quiet")) {
            invocation.console().err(subhost.name() + ": running, init " + subhost.initPid() + ", after " + Took.text(nanos / 1000) + "\n");
        }
        return new Result(ExitCode.OK, "");
    }
}
