package overlayd.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import overlayd.config.ByteText;
import overlayd.config.Strictness;
import overlayd.failure.RefusedException;
import overlayd.group.StopSet;
import overlayd.state.SubhostRecord;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;

/** Stops those that require a subhost before something is done to it, and boots them again afterwards. */
final class Dependants {
    /** The command line. */
    record Asked(Given given, Invocation invocation) {
    }

    private final Door door;
    private final String command;

    Dependants(Door door, String command) {
        this.door = door;
        this.command = command;
    }

    /** Does {@code work}; the worst of it and of what was done around it. When it fails they stay stopped, which is told. */
    ExitCode around(String name, Subhosts.StopWish how, Asked asked, Supplier<ExitCode> work) {
        List<SubhostRecord> records = door.list();
        StopSet set = StopSet.of(List.of(name), records);
        List<String> again = set.dependantsToBoot();
        if (again.isEmpty() || !bootable(name)) {
            return work.get();
        }
        if (!asked.given().has("--quiet")) {
            set.dependants().forEach(edge -> asked.invocation().complain(command, edge.from(), "is stopped before and booted after it: it requires "
                    + edge.to()));
        }
        Optional<ExitCode> failed = stopAll(again, how, asked);
        if (failed.isPresent()) {
            return failed.get();
        }
        ExitCode code = work.get();
        if (code != ExitCode.OK && code != ExitCode.DEGRADED) {
            set.dependants().forEach(edge -> asked.invocation().complain(command, edge.from(), "stays stopped: it requires " + edge.to()));
            return code;
        }
        for (String dependant : again) {
            Optional<SubhostRecord> record = records.stream().filter(r -> r.name().equals(dependant)).findFirst();
            code = code.worse(boot(dependant, ByteText.path(record.orElseThrow().file()), asked));
        }
        return code;
    }

    /** The last first. @return empty: all are stopped; else why one is not, which is told, and which ones were stopped for nothing */
    Optional<ExitCode> stopAll(List<String> dependants, Subhosts.StopWish how, Asked asked) {
        for (int i = dependants.size() - 1; i >= 0; i--) {
            String dependant = dependants.get(i);
            ExitCode stopped = stop(dependant, how, asked);
            if (stopped != ExitCode.OK) {
                dependants.subList(i + 1, dependants.size()).forEach(before -> asked.invocation().complain(command, before, "is stopped and stays so, for "
                        + dependant + " could not be stopped; boot it again: overlay-boot " + before));
                return Optional.of(stopped);
            }
        }
        return Optional.empty();
    }

    /** Nobody is stopped for the sake of a file that is going to be refused. */
    private boolean bootable(String name) {
        return door.find(name).filter(record -> door.plan(ByteText.path(record.file()), Strictness.BOOT).plan().isPresent()).isPresent();
    }

    private ExitCode stop(String name, Subhosts.StopWish how, Asked asked) {
        try (ProgressLines progress = new ProgressLines(asked.invocation(), command, name, ProgressLines.detail(asked.given()))) {
            door.stop(name, how, progress);
            return ExitCode.OK;
        } catch (RefusedException refused) {
            return Refusals.tell(asked.invocation(), command, name, refused);
        }
    }

    private ExitCode boot(String name, Path file, Asked asked) {
        try (ProgressLines progress = new ProgressLines(asked.invocation(), command, name, ProgressLines.detail(asked.given()))) {
            Subhosts.Booted booted = door.boot(file, Subhosts.BootWish.DEFAULT, progress);
            if (!booted.subhost().reason().isEmpty()) {
                asked.invocation().complain(command, name, "running, but degraded: " + booted.subhost().reason());
                return ExitCode.DEGRADED;
            }
            return ExitCode.OK;
        } catch (RefusedException refused) {
            return Refusals.tell(asked.invocation(), command, name, refused);
        }
    }
}
