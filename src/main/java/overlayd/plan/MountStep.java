package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.IdRange;

/** A step in the subhost's new mount namespace, with the host's root: it vanishes with that namespace. */
public sealed interface MountStep extends Step
        permits MountStep.MountImage, MountStep.MountThrowAway, MountStep.MountOverlay, MountStep.MapLayers,
                MountStep.HideSecrets, MountStep.BindRoot, MountStep.MountDev, MountStep.MakeConsole, MountStep.MakeDevices,
                MountStep.MountSys, MountStep.MountRun, MountStep.BindContent, MountStep.BindReaper, MountStep.BindShare,
                MountStep.RunHook, CoverLower {
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /** One case per kind. */
    interface Cases<R, X extends Exception> {
        R image(MountImage step) throws X;
        R throwAway(MountThrowAway step) throws X;
        R overlay(MountOverlay step) throws X;
        R mapped(MapLayers step) throws X;
        R secrets(HideSecrets step) throws X;
        R covered(CoverLower step) throws X;
        R bindRoot(BindRoot step) throws X;
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

    /** Mounts the file system in an image file read-only, at {@code place} in the private tmpfs on {@code live}, to be a lowerdir. */
    record MountImage(Path file, String type, Path live, Path place) implements MountStep {
        @Override
        public String name() {
            return "mount image";
        }

        @Override
        public String operands() {
            return Quoted.path(file) + " (" + type + ", read-only) on " + Quoted.path(place);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.image(this);
        }
    }

    /**
     * Mounts a tmpfs with the directories "upper" and "work" at {@code place} in the private tmpfs on {@code live}.
     *
     * @param size as mount(8) takes it after size=
     * @param interfaces content of /etc/network/interfaces in the upperdir; empty for none
     */
    record MountThrowAway(String size, Path live, Path place, String interfaces) implements MountStep {
        @Override
        public String name() {
            return "mount throw-away upperdir";
        }

        @Override
        public String operands() {
            return "tmpfs of " + size + " on " + Quoted.path(place) + (interfaces.isEmpty() ? "" : ", with /etc/network/interfaces");
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.throwAway(this);
        }
    }

    /** Mounts the overlay on {@code live}. Lowerdirs top first. */
    record MountOverlay(List<Path> lowerdirs, Path upperdir, Path workdir, Path live, Map<String, String> options)
            implements MountStep {
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

    /**
     * Shows the layers to the user namespace as if its root owned what the host's root owns (mount_setattr(2), MOUNT_ATTR_IDMAP), in the private
     * tmpfs on {@code live}; the overlay is mounted from there. On disk nothing changes. An upperdir that has these ids itself is not among them.
     */
    record MapLayers(IdRange ids, List<Path> lowerdirs, Optional<Path> upperdir, Optional<Path> workdir, Path live) implements MountStep {
        /** Directory of the tmpfs; in it {@code lower0}, {@code lower1} ..., {@code upper}, {@code work}. */
        public static final String PLACE = ".mapped";

        public MapLayers {
            lowerdirs = List.copyOf(lowerdirs);
        }

        /** Where they are found mapped. */
        public List<Path> lowers() {
            List<Path> lowers = new ArrayList<>();
            for (int i = 0; i < lowerdirs.size(); i++) {
                lowers.add(live.resolve(PLACE).resolve("lower" + i));
            }
            return lowers;
        }

        /** As {@link #lowers}. */
        public Optional<Path> upper() {
            return upperdir.map(mapped -> live.resolve(PLACE).resolve("upper"));
        }

        /** As {@link #lowers}. */
        public Optional<Path> work() {
            return workdir.map(mapped -> live.resolve(PLACE).resolve("work"));
        }

        @Override
        public String name() {
            return "map layers";
        }

        @Override
        public String operands() {
            return "to ids " + ids + ", lowerdir " + Quoted.paths(lowerdirs) + upperdir.map(upper -> ", upperdir " + Quoted.path(upper)).orElse("")
                    + workdir.map(work -> ", workdir " + Quoted.path(work)).orElse("");
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.mapped(this);
        }
    }

    /** Makes the layer that hides the secrets of {@code lowerdirs}, to be put on top of them; it lies in the private tmpfs on {@code live}. */
    record HideSecrets(List<Path> lowerdirs, Path live) implements MountStep {
        private static final String LAYER = ".secrets";

        public HideSecrets {
            lowerdirs = List.copyOf(lowerdirs);
        }

        /** Where the layer is until the root is mounted over it. */
        public Path layer() {
            return live.resolve(LAYER);
        }

        @Override
        public String name() {
            return "hide secrets";
        }

        @Override
        public String operands() {
            return "by a layer: /root, /etc/ssl/private, /var/backups, keys of /etc/ssh, password hashes";
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.secrets(this);
        }
    }

    /** Bind-mounts {@code source} on {@code live} as the root; the same path twice makes a pre-mounted root a mount of its own. */
    record BindRoot(Path source, Path live) implements MountStep {
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
