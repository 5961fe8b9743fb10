package overlayd.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One change on the way from a configuration to a running subhost: a plain value with everything needed to carry it out, to print
 * it and to take it back. A step holds no lambda and no result of another step; what only exists at run time (descriptors, the
 * init's pid) is addressed by names fixed here or kept by the runner.
 */
public sealed interface Step permits Step.OnHost, Step.InNamespaces, Step.OfInit {
    /** What is done, as a verb phrase ("plug cable"): names the step in plans, failures and error pages. */
    String name();

    /** On what, for a reader: paths, names, options in one line. */
    String operands();

    /** What takes it back on the host; empty where the change ends with the subhost's namespaces or descriptors. */
    default Optional<Undo> undo() {
        return Optional.empty();
    }

    /** A step on the host itself. Its undo, where it has one, is journalled before it is done. */
    sealed interface OnHost extends Step {
        <R, X extends Exception> R match(Cases<R, X> cases) throws X;

        /** One case per kind; a new kind does not compile until every reader has one. */
        interface Cases<R, X extends Exception> {
            R lock(LockDirectory step) throws X;

            R openLog(OpenLog step) throws X;

            R cgroup(MakeCgroup step) throws X;

            R upperScript(RunUpperScript step) throws X;

            R netns(MakeNetns step) throws X;

            R cable(PlugCable step) throws X;

            R vlan(PlugVlan step) throws X;

            R bringUp(BringUp step) throws X;

            R ifup(Ifup step) throws X;

            R file(WriteFile step) throws X;
        }
    }

    /** A step in the subhost's new mount namespace, with the host's root: it vanishes with that namespace. */
    sealed interface InNamespaces extends Step {
        <R, X extends Exception> R match(Cases<R, X> cases) throws X;

        /** One case per kind. */
        interface Cases<R, X extends Exception> {
            R overlay(MountOverlay step) throws X;

            R bindRoot(BindRoot step) throws X;

            R dev(MountDev step) throws X;

            R sys(MountSys step) throws X;

            R run(MountRun step) throws X;

            R content(BindContent step) throws X;

            R reaper(BindReaper step) throws X;

            R share(BindShare step) throws X;

            R hook(RunHook step) throws X;
        }
    }

    /** What the monitor and pid 1 do. */
    sealed interface OfInit extends Step {
    }

    /** Takes the exclusive lock on an upperdir or workdir, so that no second overlay uses it; held by the monitor (flock(2)). */
    record LockDirectory(Path directory, String role) implements OnHost {
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
    record OpenLog(Path file, PathFacts.Kind before) implements OnHost {
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

    /** Makes the subhost's control groups in every hierarchy that is used. */
    record MakeCgroup(String group) implements OnHost {
        @Override
        public String name() {
            return "make cgroup";
        }

        @Override
        public String operands() {
            return group;
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

    /** Runs an executable UPPER with ACTION=setup; it prints the directory to use, and the rest is planned anew with that. */
    record RunUpperScript(Path script, Path config, long timeoutSeconds) implements OnHost {
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
     * Makes a network namespace and pins it under its name as iproute2 does. The host ends of its cables go with it, which is four times
     * faster than deleting them; so this step's undo sees to them too, by {@code tag}, their alias.
     */
    record MakeNetns(String netns, List<String> hostEnds, String tag) implements OnHost {
        public MakeNetns {
            hostEnds = List.copyOf(hostEnds);
        }

        @Override
        public String name() {
            return "make netns";
        }

        @Override
        public String operands() {
            return netns;
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.RemoveNetns(netns, hostEnds, tag));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.netns(this);
        }
    }

    /**
     * Makes one cable (a veth pair) by one netlink message: the host end up and, where a bridge is given, plugged into it; the
     * subhost end in the netns, with its MAC address where one is given. The host end's alias is {@code tag}: whose it is.
     */
    record PlugCable(String hostEnd, String subhostEnd, Optional<String> bridge, Optional<String> mac, String tag) implements OnHost {
        @Override
        public String name() {
            return "plug cable";
        }

        @Override
        public String operands() {
            return hostEnd + " = " + subhostEnd + bridge.map(b -> ", bridge " + b).orElse("") + mac.map(m -> ", mac " + m).orElse("");
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.cable(this);
        }
    }

    /** Makes VLAN {@code tag} on both ends of a cable: NAMEi.TAG on the host (plugged into the bridge where given), ethi.TAG inside. */
    record PlugVlan(String hostEnd, String subhostEnd, int tag, Optional<String> bridge) implements OnHost {
        @Override
        public String name() {
            return "plug vlan";
        }

        @Override
        public String operands() {
            return hostVlan() + " = " + subhostVlan() + bridge.map(b -> ", bridge " + b).orElse("");
        }

        /** The VLAN interface on the host. */
        public String hostVlan() {
            return hostEnd + "." + tag;
        }

        /** The VLAN interface in the subhost. */
        public String subhostVlan() {
            return subhostEnd + "." + tag;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.vlan(this);
        }
    }

    /** Brings interfaces inside the netns up at link level: lo, and the subhost ends. */
    record BringUp(List<String> interfaces) implements OnHost {
        public BringUp {
            interfaces = List.copyOf(interfaces);
        }

        @Override
        public String name() {
            return "bring up";
        }

        @Override
        public String operands() {
            return String.join(" ", interfaces);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.bringUp(this);
        }
    }

    /** Configures a host end without a bridge by ifup(8); its failure is a warning. */
    record Ifup(String hostEnd) implements OnHost {
        @Override
        public String name() {
            return "ifup";
        }

        @Override
        public String operands() {
            return hostEnd;
        }

        @Override
        public Optional<Undo> undo() {
            return Optional.of(new Undo.Ifdown(hostEnd));
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.ifup(this);
        }
    }

    /** Writes a file below {@code root} (never through a symbolic link that leaves it) where there is none yet. */
    record WriteFile(Path root, String file, String content) implements OnHost {
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

    /** Mounts the overlay on {@code live}. Lowerdirs top first. */
    record MountOverlay(List<Path> lowerdirs, Path upperdir, Path workdir, Path live, Map<String, String> options)
            implements InNamespaces {
        public MountOverlay {
            lowerdirs = List.copyOf(lowerdirs);
            options = Map.copyOf(options);
            if (lowerdirs.isEmpty()) {
                throw new IllegalArgumentException("an overlay needs a lowerdir");
            }
        }

        @Override
        public String name() {
            return "mount overlay";
        }

        @Override
        public String operands() {
            return "on " + Quoted.path(live) + ", lowerdir " + Quoted.paths(lowerdirs) + ", upperdir " + Quoted.path(upperdir)
                    + ", workdir " + Quoted.path(workdir) + Quoted.options(options);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.overlay(this);
        }
    }

    /** Bind-mounts {@code source} on {@code live} as the root; the same path twice makes a pre-mounted root a mount of its own. */
    record BindRoot(Path source, Path live) implements InNamespaces {
        @Override
        public String name() {
            return "bind root";
        }

        @Override
        public String operands() {
            return Quoted.path(source) + " on " + Quoted.path(live);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.bindRoot(this);
        }
    }

    /** Mounts the subhost's own /dev: a tmpfs with the standard nodes, shm and a new devpts instance. */
    record MountDev() implements InNamespaces {
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

    /** Mounts /sys from inside the subhost's netns, so that it shows that netns' interfaces. */
    record MountSys() implements InNamespaces {
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
    record MountRun(String size) implements InNamespaces {
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
    record BindContent(String target, String content) implements InNamespaces {
        @Override
        public String name() {
            return "bind " + target;
        }

        @Override
        public String operands() {
            return "private file of " + content.length() + " characters";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.content(this);
        }
    }

    /** Binds the reaper program, from a one-file read-only tmpfs, on /.reaper. */
    record BindReaper(Path program) implements InNamespaces {
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

    /** Bind-mounts a directory or file of the host into the root. */
    record BindShare(Path source, String target, Access access) implements InNamespaces {
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
            implements InNamespaces {
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
            return Quoted.words(command) + " (at most " + timeoutSeconds + " s)";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.hook(this);
        }
    }

    /** The monitor clones pid 1, which joins the namespaces, mounts /proc, takes the root and executes the init. */
    record StartInit(List<String> command, Map<String, String> environment, String hostname) implements OfInit {
        public StartInit {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        @Override
        public String name() {
            return "start init";
        }

        @Override
        public String operands() {
            return Quoted.words(command.stream().map(StartInit::firstLine).toList()) + ", hostname " + hostname;
        }

        private static String firstLine(String word) {
            int end = word.indexOf('\n');
            return end < 0 ? word : word.substring(0, end) + " ...";
        }
    }

    /** Waits until every service of START was started and the reaper runs. */
    record AwaitReady(List<String> services, int timeoutSeconds) implements OfInit {
        public AwaitReady {
            services = List.copyOf(services);
        }

        @Override
        public String name() {
            return "await ready";
        }

        @Override
        public String operands() {
            return services.isEmpty() ? "no services" : "services " + String.join(" ", services) + ", " + timeoutSeconds + " s each";
        }
    }
}
