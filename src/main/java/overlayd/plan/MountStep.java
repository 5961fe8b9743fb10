package overlayd.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A step in the subhost's new mount namespace, with the host's root: it vanishes with that namespace. */
public sealed interface MountStep extends Step permits RootStep, MountStep.MountDev, MountStep.MakeConsole, MountStep.MakeDevices,
        MountStep.MountSys, MountStep.MountRun, MountStep.BindContent, MountStep.BindReaper, MountStep.BindShare, MountStep.RunHook {
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /** One case per kind. */
    interface Cases<R, X extends Exception> {
        R root(RootStep step) throws X;
        R dev(MountDev step) throws X;
        R console(MakeConsole step) throws X;
        R devices(MakeDevices step) throws X;
        R sys(MountSys step) throws X;
        R run(MountRun step) throws X;
        R content(BindContent step) throws X;
        R reaper(BindReaper step) throws X;
        R share(BindShare step) throws X;
        R hook(RunHook step) throws X;
    }

    /** Mounts the subhost's own /dev: a tmpfs with the standard nodes, shm and a new devpts instance. */
    record MountDev() implements MountStep {
        @Override
        public String name() {
            return "mount /dev";
        }

        @Override
        public String operands() {
            return "tmpfs with null zero full random urandom tty console ptmx fd stdin stdout stderr, shm, devpts";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.dev(this);
        }
    }

    /** Makes a terminal of the subhost's own devpts its /dev/console; the monitor writes to the log what comes out of it. */
    record MakeConsole() implements MountStep {
        @Override
        public String name() {
            return "make console";
        }

        @Override
        public String operands() {
            return "a terminal on /dev/console, logged";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.console(this);
        }
    }

    /** Makes nodes of the host's devices in the subhost's own /dev; nodes of its own, so that their owner and mode can be changed inside. */
    record MakeDevices(List<Path> devices) implements MountStep {
        public MakeDevices {
            devices = List.copyOf(devices);
        }

        @Override
        public String name() {
            return "make devices";
        }

        @Override
        public String operands() {
            return Quoted.paths(devices);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.devices(this);
        }
    }

    /** Mounts /sys from inside the subhost's netns, so that it shows that netns' interfaces. */
    record MountSys() implements MountStep {
        @Override
        public String name() {
            return "mount /sys";
        }

        @Override
        public String operands() {
            return "sysfs of the subhost's netns";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.sys(this);
        }
    }

    /** Mounts a tmpfs of {@code size} (as mount(8)'s size= takes it) on /run, mode 755, with /run/lock 1777; an existing tmpfs is kept. */
    record MountRun(String size) implements MountStep {
        @Override
        public String name() {
            return "mount /run";
        }

        @Override
        public String operands() {
            return "tmpfs size=" + size + " mode=755, unless a tmpfs is there";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.run(this);
        }
    }

    /** Binds a private file with {@code content} over an existing file of the root, so that UPPER is not written for it. */
    record BindContent(String target, String content, Hold hold) implements MountStep {
        /** WRITABLE: as the seed has it. READ_ONLY: what is there is covered for good, and made where it is missing. */
        public enum Hold { WRITABLE, READ_ONLY }

        public BindContent(String target, String content) {
            this(target, content, Hold.WRITABLE);
        }

        @Override
        public String name() {
            return "bind " + target;
        }

        @Override
        public String operands() {
            return "private " + (hold == Hold.READ_ONLY ? "read-only " : "") + "file of " + content.length() + " characters";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.content(this);
        }
    }

    /** Binds the reaper program, from a one-file read-only tmpfs, on /.reaper. */
    record BindReaper(Path program) implements MountStep {
        @Override
        public String name() {
            return "bind /.reaper";
        }

        @Override
        public String operands() {
            return "copy of " + Quoted.path(program) + " in a read-only tmpfs";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.reaper(this);
        }
    }

    /**
     * Bind-mounts a directory or file of the host into the root.
     *
     * @param source without links, and opened so: whoever puts one there between planning and mounting is refused
     */
    record BindShare(Path source, String target, Access access) implements MountStep {
        /** Whether the subhost may write to what is shared. */
        public enum Access { READ_WRITE, READ_ONLY }

        @Override
        public String name() {
            return "share";
        }

        @Override
        public String operands() {
            return Quoted.path(source) + " on " + Quoted.text(target) + (access == Access.READ_ONLY ? ", read-only" : "");
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.share(this);
        }
    }

    /** Runs a PREMOUNT or POSTMOUNT command in the subhost's mount namespace with the host's root and network. */
    record RunHook(String key, List<String> command, Map<String, String> environment, Path directory, int timeoutSeconds)
            implements MountStep {
        public RunHook {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        @Override
        public String name() {
            return "run " + key;
        }

        @Override
        public String operands() {
            return Quoted.words(command) + (timeoutSeconds == 0 ? " (without time limit)" : " (at most " + timeoutSeconds + " s)");
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.hook(this);
        }
    }
}
