package overlayd.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.IdRange;

/** A step on the host itself. Its undo, where it has one, is journalled before it is done. */
public sealed interface HostStep extends Step permits HostStep.LockDirectory, HostStep.OpenLog, HostStep.MakeCgroup, HostStep.LimitDevices,
        HostStep.RunUpperScript, HostStep.MakeUserns, HostStep.WriteFile, CableStep {
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /** One case per kind; a new kind does not compile until every reader has one. */
    interface Cases<R, X extends Exception> {
        R lock(LockDirectory step) throws X;

        R openLog(OpenLog step) throws X;

        R cgroup(MakeCgroup step) throws X;

        R limitDevices(LimitDevices step) throws X;

        R upperScript(RunUpperScript step) throws X;

        R userns(MakeUserns step) throws X;

        R file(WriteFile step) throws X;

        R cable(CableStep step) throws X;
    }

    /** Locks an upperdir or workdir against a second overlay, held by the monitor (flock(2)). {@code on}: the checkpoints it must lie on. */
    record LockDirectory(Path directory, String role, Optional<List<Path>> on) implements HostStep {
        @Override
        public String name() {
            return "lock " + role;
        }

        @Override
        public String operands() {
            return Quoted.path(directory);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.lock(this);
        }
    }

    /**
     * Opens the log file without following symbolic links; makes it, and its directory, where they are missing.
     *
     * @param before what was there when planning: one that this step made goes again with a failed boot, as long as it is empty
     */
    record OpenLog(Path file, PathFacts.Kind before) implements HostStep {
        @Override
        public String name() {
            return "open log";
        }

        @Override
        public String operands() {
            return Quoted.path(file);
        }

        @Override
        public Optional<Undo> undo() {
            return before == PathFacts.Kind.ABSENT ? Optional.of(new Undo.RemoveEmptyLog(file)) : Optional.empty();
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.openLog(this);
        }
    }

    /** Makes the subhost's control groups in every hierarchy that is used, and sets their limits. */
    record MakeCgroup(String group, Allowance allowance) implements HostStep {
        @Override
        public String name() {
            return "make cgroup";
        }

        @Override
        public String operands() {
            return group + (allowance.texts().isEmpty() ? "" : ", " + String.join(" ", allowance.texts()));
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RemoveCgroup(group));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.cgroup(this);
        }
    }

    /**
     * Lets the processes of the control group open the harmless devices, terminals and {@code devices} of the host (of a directory: those
     * in it now), and no other; goes with the group.
     */
    record LimitDevices(String group, List<Path> devices) implements HostStep {
        public LimitDevices {
            devices = List.copyOf(devices);
        }

        @Override
        public String name() {
            return "limit devices";
        }

        @Override
        public String operands() {
            return group + " to null zero full random urandom, terminals" + (devices.isEmpty() ? "" : ", " + Quoted.paths(devices));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.limitDevices(this);
        }
    }

    /** Runs an executable UPPER with ACTION=setup; it prints the directory to use, and the rest is planned anew with that. */
    record RunUpperScript(Path script, Path config, long timeoutSeconds) implements HostStep {
        @Override
        public String name() {
            return "run UPPER script";
        }

        @Override
        public String operands() {
            return Quoted.path(script) + " ACTION=setup";
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RunUpperTeardown(script, config, timeoutSeconds));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.upperScript(this);
        }
    }

    /**
     * Takes host ids that nobody has for as long as the subhost lives, and makes the user namespace in which they are its own; the netns
     * that is pinned next belongs to it.
     */
    record MakeUserns(IdRange ids) implements HostStep {
        @Override
        public String name() {
            return "make userns";
        }

        @Override
        public String operands() {
            return "ids 0 to " + (ids.count() - 1) + " are the host's " + ids.start() + " to " + (ids.end() - 1);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.userns(this);
        }
    }

    /** Writes a file below {@code root} (never through a symbolic link that leaves it) where there is none yet. */
    record WriteFile(Path root, String file, String content) implements HostStep {
        @Override
        public String name() {
            return "write file";
        }

        @Override
        public String operands() {
            return Quoted.path(root.resolve(file)) + " (" + content.length() + " characters)";
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RemoveFile(root, file));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.file(this);
        }
    }
}
