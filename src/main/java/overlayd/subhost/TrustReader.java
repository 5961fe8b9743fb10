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
import overlayd.config.Share;
import overlayd.config.SubhostConfig;
import overlayd.plan.HostFacts;
import overlayd.rootfs.PathReader;

/**
 * Who else than root could change what is done as root for a subhost: programs of its configuration that others may write, files that
 * lie in a subhost's own, where that one's root writes them, and whether users of the host reach what it writes. Reads only.
 */
final class TrustReader {
    private static final Path SLASH = Path.of("/");

    private final Registry registry;

    TrustReader(Registry registry) {
        this.registry = registry;
    }

    HostFacts.Trust read(SubhostConfig config, PathReader reader) {
        Map<Path, FileTrust.Breach> breaches = new LinkedHashMap<>();
        Optional<HostFacts.Kept> kept = Optional.empty();
        Map<Path, String> uppers = uppers(config);
        List<Path> files = new ArrayList<>(List.of(config.file()));
        files.addAll(programs(config));
        for (Path file : files) {
            try {
                FileTrust trust = FileTrust.inspect(file);
                if (!file.equals(config.file())) {
                    trust.breach().ifPresent(breach -> breaches.put(file, breach));
                }
                Path real = trust.chain().get(0).path();
                kept = kept.or(() -> uppers.keySet().stream().filter(upper -> real.startsWith(upper) && !real.equals(upper)).findFirst()
                        .map(upper -> new HostFacts.Kept(file, uppers.get(upper))));
            } catch (IOException absent) {
                // That it is missing is told where it is to be run.
            }
        }
        Map<Path, Path> shares = new LinkedHashMap<>();
        Map<Path, String> writers = config.shares().isEmpty() ? uppers : SharedPath.real(uppers);
        for (Share share : config.shares()) {
            try {
                SharedPath path = SharedPath.of(share.host(), writers);
                kept = kept.or(path::link);
                if (path.written()) {
                    shares.put(share.host(), path.real());
                }
            } catch (IOException unreadable) {
                shares.put(share.host(), share.host()); // told where it is shared, without following a link
            }
        }
        return new HostFacts.Trust(breaches, kept, open(config, reader), shares);
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

    /** Directories that a subhost's root writes, and whose they are. Whoever has the whole host as its own is held back by nothing. */
    private Map<Path, String> uppers(SubhostConfig config) {
        // As recorded: to look at each of hundreds would cost more than the rest of the planning.
        Map<Path, String> uppers = SharedPath.uppers(registry);
        uppers.values().removeIf(config.name()::equals);
        try {
            Path real = own(config).toRealPath();
            if (Files.isDirectory(real)) {
                uppers.put(real, config.name());
            }
        } catch (IOException absent) {
            // nothing lies in it
        }
        uppers.remove(SLASH);
        return uppers;
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
