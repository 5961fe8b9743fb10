package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.RootKind;
import overlayd.config.Share;
import overlayd.config.Strictness;
import overlayd.config.SubhostConfig;
import overlayd.generation.Generations;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.rootfs.PathReader;
import overlayd.state.SubhostRecord;

/**
 * What of the host subhosts' roots write: their UPPERs, and what is shared with them for writing. Told by the records, by the mounts of
 * those that run and by the configurations beside those that are known: one that is stopped may have left a link, too. Places are compared
 * within their file systems, so that a bind mount is no way around. All that is gathered when it is first asked for: links are rare on the
 * paths of a configuration, and to look at each of hundreds of subhosts costs more than the rest of a boot's planning. Not thread-safe.
 */
final class Written implements SharedPath.Writers {
    private static final Path SLASH = Path.of("/");
    /** Whose links are on every other path. Whoever writes in one of these has the host already. */
    private static final Set<Path> SYSTEM = Set.of(SLASH, Path.of("/usr"), Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/etc"), Path.of("/var"));
    private static final int MOST_MOUNTINFO = 16 << 20;

    private final Kernel kernel;
    private final Registry registry;
    private final PathReader reader;
    private final Optional<SubhostConfig> own;
    private Map<PathReader.Place, String> trees;

    /** @param own a configuration whose subhost may not be known yet */
    Written(Kernel kernel, Registry registry, PathReader reader, Optional<SubhostConfig> own) {
        this.kernel = kernel;
        this.registry = registry;
        this.reader = reader;
        this.own = own;
    }

    /** Whoever has the whole host as its own is held back by nothing, and left out. */
    static Map<Path, String> recorded(Registry registry) {
        Map<Path, String> all = new LinkedHashMap<>();
        for (SubhostRecord record : registry.all().stream().map(Subhost::record).toList()) {
            if (!record.root().upper().isEmpty()) {
                all.put(ByteText.path(record.root().upper()), record.name());
            }
            record.onHost().writes().forEach(path -> all.put(ByteText.path(path), record.name()));
        }
        all.remove(SLASH);
        return all;
    }

    /** What a configuration lets its subhost write. */
    static List<Path> of(SubhostConfig config) {
        List<Path> paths = new ArrayList<>();
        if (config.root().throwAway().isEmpty()) {
            Path root = config.root().kind() == RootKind.PREMOUNTED ? config.root().live() : config.root().upper();
            paths.add(root);
            if (!root.equals(SLASH)) {
                paths.add(Generations.place(root));
            }
        }
        config.shares().stream().filter(share -> !share.readOnly()).map(Share::host).forEach(paths::add);
        return paths;
    }

    @Override
    public Optional<String> of(Path place) {
        if (SYSTEM.contains(place.getParent())) {
            return Optional.empty();
        }
        if (trees == null) {
            trees = gather();
        }
        Optional<PathReader.Place> above = reader.place(place.getParent());
        return trees.entrySet().stream().filter(tree -> above.filter(tree.getKey()::holds).isPresent()).map(Map.Entry::getValue).findFirst();
    }

    private Map<PathReader.Place, String> gather() {
        Map<PathReader.Place, String> all = new LinkedHashMap<>();
        own.ifPresent(config -> of(config).forEach(path -> add(path, config.name(), all)));
        recorded(registry).forEach((path, name) -> add(path, name, all));
        Set<Path> directories = new LinkedHashSet<>();
        own.map(SubhostConfig::file).map(Path::getParent).ifPresent(directories::add);
        for (SubhostRecord record : registry.all().stream().map(Subhost::record).toList()) {
            mounted(record, all);
            if (!record.file().isEmpty()) {
                directories.add(ByteText.path(record.file()).getParent());
            }
        }
        directories.forEach(directory -> configured(directory, all));
        reader.place(SLASH).ifPresent(all::remove);
        return all;
    }

    private void add(Path path, String name, Map<PathReader.Place, String> all) {
        try {
            reader.place(path.toRealPath()).ifPresent(place -> all.putIfAbsent(place, name));
        } catch (IOException absent) {
            // nothing lies in it
        }
    }

    /** By whatever way it has come there: by SHARE, by a hook. */
    private void mounted(SubhostRecord record, Map<PathReader.Place, String> all) {
        if (!record.state().isLive() || record.initPid() == 0) {
            return;
        }
        try {
            MountInfo.parseAll(kernel.files().read("/proc/" + record.initPid() + "/mountinfo", MOST_MOUNTINFO)).stream().filter(MountInfo::writable)
                    .forEach(mount -> all.putIfAbsent(PathReader.Place.rootOf(mount), record.name()));
        } catch (KernelException | IllegalArgumentException ended) {
            // what is recorded and configured is known all the same
        }
    }

    private void configured(Path directory, Map<PathReader.Place, String> all) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.conf")) {
            for (Path file : files) {
                if (Files.isRegularFile(file)) {
                    ConfigReader.showing(Strictness.BOOT, HostDefaults.NONE).read(ConfigFile.open(file)).config()
                            .ifPresent(config -> of(config).forEach(path -> add(path, config.name(), all)));
                }
            }
        } catch (IOException unreadable) {
            // nobody boots by these either
        }
    }
}
