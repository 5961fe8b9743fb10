package overlayd.plan;

import java.nio.file.Path;
import java.util.List;

/**
 * Takes one step back on the host. Written to the journal before its step is done, replayed in reverse when a boot fails, when a
 * subhost stops, and by a daemon that finds an unfinished journal; therefore each is idempotent: what is gone already counts as done.
 */
public sealed interface Undo {
    /** What is taken back, as a verb phrase. */
    String name();

    /** On what. */
    String operands();

    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /** Whether it is for a boot that failed only: what it would remove belongs to the user once the subhost has run. */
    default boolean onlyAfterFailedBoot() {
        return false;
    }

    /** One case per kind. */
    interface Cases<R, X extends Exception> {
        R cgroup(RemoveCgroup undo) throws X;

        R upperTeardown(RunUpperTeardown undo) throws X;

        R netns(RemoveNetns undo) throws X;

        R ifdown(Ifdown undo) throws X;

        R file(RemoveFile undo) throws X;

        R log(RemoveEmptyLog undo) throws X;

        R unpublish(Unpublish undo) throws X;
    }

    /** Removes the subhost's control groups once they are empty. */
    record RemoveCgroup(String group) implements Undo {
        @Override
        public String name() {
            return "remove cgroup";
        }

        @Override
        public String operands() {
            return group;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.cgroup(this);
        }
    }

    /** Runs an executable UPPER with ACTION=teardown. */
    record RunUpperTeardown(Path script, Path config, long timeoutSeconds) implements Undo {
        @Override
        public String name() {
            return "run UPPER script";
        }

        @Override
        public String operands() {
            return Quoted.path(script) + " ACTION=teardown";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.upperTeardown(this);
        }
    }

    /**
     * Takes the name off a network namespace: with its last process gone the kernel removes it and its cables. Waits for the host ends
     * to vanish and deletes one that something still keeps. Only an interface whose alias is {@code tag} is waited for or deleted.
     */
    record RemoveNetns(String netns, List<String> hostEnds, String tag) implements Undo {
        public RemoveNetns {
            hostEnds = List.copyOf(hostEnds);
        }

        @Override
        public String name() {
            return "remove netns";
        }

        @Override
        public String operands() {
            return netns + (hostEnds.isEmpty() ? "" : " with host ends " + String.join(" ", hostEnds));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.netns(this);
        }
    }

    /** Takes a host end down by ifdown(8), so that the next boot's ifup starts clean. */
    record Ifdown(String hostEnd) implements Undo {
        @Override
        public String name() {
            return "ifdown";
        }

        @Override
        public String operands() {
            return hostEnd;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.ifdown(this);
        }
    }

    /** Removes a file that a failed boot made; not done when a subhost stops after a good one. */
    record RemoveFile(Path root, String file) implements Undo {
        @Override
        public String name() {
            return "remove file";
        }

        @Override
        public String operands() {
            return Quoted.path(root.resolve(file));
        }

        @Override
        public boolean onlyAfterFailedBoot() {
            return true;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.file(this);
        }
    }

    /** Removes the log file that a failed boot made, if nothing was written to it, and its directory if that is empty then. */
    record RemoveEmptyLog(Path file) implements Undo {
        @Override
        public String name() {
            return "remove empty log";
        }

        @Override
        public String operands() {
            return Quoted.path(file);
        }

        @Override
        public boolean onlyAfterFailedBoot() {
            return true;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.log(this);
        }
    }

    /** Takes forwarded ports back, as far as they still lead to this subhost's address. */
    record Unpublish(List<Forward> forwards) implements Undo {
        public Unpublish {
            forwards = List.copyOf(forwards);
        }

        @Override
        public String name() {
            return "unpublish";
        }

        @Override
        public String operands() {
            return String.join(", ", forwards.stream().map(Forward::source).toList());
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.unpublish(this);
        }
    }
}
