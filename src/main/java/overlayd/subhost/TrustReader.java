package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.FileTrust;
import overlayd.config.HookCommand;
import overlayd.config.Init;
import overlayd.config.RootKind;
import overlayd.config.Security;
import overlayd.config.Share;
import overlayd.config.SubhostConfig;
import overlayd.kernel.Kernel;
import overlayd.plan.HostFacts;
import overlayd.rootfs.PathReader;

/**
 * Who else than root could change what is done as root for a subhost: programs of its configuration that others may write, files that
 * lie in a subhost's own, where that one's root writes them, and whether users of the host reach what it writes. Reads only.
 */
final class TrustReader {
    private static final Path SLASH = Path.of("/");

    private final Kernel kernel;
    private final Registry registry;

    TrustReader(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
    }

    HostFacts.Trust read(SubhostConfig config, PathReader reader) {
        Map<Path, String> trees = trees(config);
        Written written = new Written(kernel, registry, reader, Optional.of(config));
        Map<Path, FileTrust.Breach> breaches = new LinkedHashMap<>();
        Optional<HostFacts.Kept> kept = Optional.empty();
        List<Path> files = new ArrayList<>(List.of(config.file()));
        files.addAll(programs(config));
        for (Path file : files) {
            try {
                FileTrust trust = FileTrust.inspect(file);
                if (!file.equals(config.file())) {
                    trust.breach().ifPresent(breach -> breaches.put(file, breach));
                }
            } catch (IOException absent) {
                // That it is missing is told where it is to be run.
            }
        }
        files.addAll(places(config));
        for (Path file : files) {
            kept = kept.or(() -> kept(file, trees, written));
        }
        Map<Path, Path> shares = new LinkedHashMap<>();
        for (Share share : config.shares()) {
            try {
                SharedPath path = SharedPath.of(share.host(), written);
                kept = kept.or(path::link);
                shares.put(share.host(), path.real());
            } catch (IOException unreadable) {
                // told where it is shared
            }
        }
        return new HostFacts.Trust(breaches, kept, open(config, reader), shares);
    }

    /** A directory that a root writes, and which it could exchange while it is used, or a link that leads out of one. */
    private static Optional<HostFacts.Kept> kept(Path path, Map<Path, String> trees, Written written) {
        try {
            SharedPath found = SharedPath.of(path, written);
            return found.link().or(() -> trees.keySet().stream().filter(tree -> found.real().startsWith(tree) && !found.real().equals(tree))
                    .findFirst().map(tree -> new HostFacts.Kept(path, trees.get(tree))));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** What is mounted, or written to, by its path. */
    private static List<Path> places(SubhostConfig config) {
        List<Path> places = new ArrayList<>(List.of(config.log()));
        if (config.root().kind() != RootKind.PREMOUNTED) {
            places.addAll(config.root().lowers());
            if (config.root().throwAway().isEmpty()) {
                places.add(config.root().upper());
            }
        }
        if (config.root().kind() == RootKind.OVERLAY && config.root().throwAway().isEmpty()) {
            places.add(config.root().work());
        }
        return places;
    }

    /** Programs of the configuration that are run on the host. */
    private static List<Path> programs(SubhostConfig config) {
        List<Path> programs = new ArrayList<>();
        config.hooks().premount().ifPresent(hook -> add(hook, config.base(), programs));
        config.hooks().postmount().ifPresent(hook -> add(hook, config.base(), programs));
        if (config.boot().init() instanceof Init.ScriptFrom init) {
            add(init.command(), config.base(), programs);
        }
        config.origin().notRun().forEach(command -> add(new HookCommand(command.argv(), command.at()), command.directory(), programs));
        if (Files.isRegularFile(config.root().upper())) {
            programs.add(config.root().upper());
        }
        return programs;
    }

    private static void add(HookCommand command, Path directory, List<Path> programs) {
        String name = command.argv().get(0);
        if (name.contains("/")) {
            programs.add(directory.resolve(ByteText.path(name)));
            return;
        }
        for (String place : HostCommand.PATH.split(":")) {
            Path candidate = Path.of(place).resolve(ByteText.path(name));
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                programs.add(candidate);
                return;
            }
        }
    }

    /**
     * Directories that a subhost's root writes, without links, and whose they are. Whoever has the whole host as its own is held back by
     * nothing; nor, as upstream has it, is one with PROFILE=compat by what it shares of its own.
     */
    private Map<Path, String> trees(SubhostConfig config) {
        // As recorded: to look at each of hundreds would cost more than the rest of the planning.
        Map<Path, String> trees = Written.recorded(registry);
        trees.values().removeIf(config.name()::equals);
        for (Path path : config.security().profile() == Security.Profile.DEFAULT ? Written.of(config) : List.of(own(config))) {
            try {
                Path real = path.toRealPath();
                if (Files.isDirectory(real)) {
                    trees.put(real, config.name());
                }
            } catch (IOException absent) {
                // nothing lies in it
            }
        }
        trees.remove(SLASH);
        return trees;
    }

    private static Path own(SubhostConfig config) {
        return config.root().kind() == RootKind.PREMOUNTED ? config.root().live() : config.root().upper();
    }

    /** Every directory above lets others pass; UPPER's own mode is the subhost's to change. */
    private static boolean open(SubhostConfig config, PathReader reader) {
        try {
            Path own = own(config).toRealPath();
            if (own.equals(SLASH) || !Files.isDirectory(own) || reader.noSetuid(own)) {
                return false;
            }
            for (Path directory = own.getParent(); directory != null; directory = directory.getParent()) {
                if (!Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException absent) {
            return false;
        }
    }
}
