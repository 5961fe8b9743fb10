package overlayd.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.IdRange;

/**
 * A step that mounts the root itself, or before that one of the layers it is made of. One family in one file: each is short, and who reads
 * one wants to see its neighbours.
 */
public sealed interface RootStep extends MountStep {
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    @Override
    default <R, X extends Exception> R match(MountStep.Cases<R, X> cases) throws X {
        return cases.root(this);
    }

    /** One case per kind. */
    interface Cases<R, X extends Exception> {
        R image(MountImage step) throws X;

        R throwAway(MountThrowAway step) throws X;

        R mapped(MapLayers step) throws X;

        R covered(CoverLower step) throws X;

        R secrets(HideSecrets step) throws X;

        R overlay(MountOverlay step) throws X;

        R bindRoot(BindRoot step) throws X;
    }

    /** Mounts the file system in an image file read-only, at {@code place} in the private tmpfs on {@code live}, to be a lowerdir. */
    record MountImage(Path file, String type, Path live, Path place) implements RootStep {
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
    record MountThrowAway(String size, Path live, Path place, String interfaces) implements RootStep {
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

    /**
     * Shows the layers to the user namespace as if its root owned what the host's root owns (mount_setattr(2), MOUNT_ATTR_IDMAP), in the private
     * tmpfs on {@code live}; the overlay is mounted from there. On disk nothing changes. An upperdir that has these ids itself is not among them.
     */
    record MapLayers(IdRange ids, List<Path> lowerdirs, Optional<Path> upperdir, Optional<Path> workdir, Path live) implements RootStep {
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

    /** Mounts an overlay of {@code lower} alone at {@code place} in the private tmpfs on {@code live}: other lowerdirs lie inside of it. */
    record CoverLower(Path lower, Path live, Path place) implements RootStep {
        /** Where it is mounted. */
        public Path root() {
            return place.resolve("root");
        }

        @Override
        public String name() {
            return "cover lowerdir";
        }

        @Override
        public String operands() {
            return Quoted.path(lower) + ", inside of which checkpoints lie, by an overlay on " + Quoted.path(root());
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.covered(this);
        }
    }

    /** Makes the layer that hides the secrets of {@code lowerdirs}, to be put on top of them; it lies in the private tmpfs on {@code live}. */
    record HideSecrets(List<Path> lowerdirs, Path live) implements RootStep {
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

    /** Mounts the overlay on {@code live}. Lowerdirs top first. */
    record MountOverlay(List<Path> lowerdirs, Path upperdir, Path workdir, Path live, Map<String, String> options)
            implements RootStep {
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
    record BindRoot(Path source, Path live) implements RootStep {
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
}
