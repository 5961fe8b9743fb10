package overlayd.facts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import overlayd.config.ByteText;
import overlayd.config.Limits;
import overlayd.config.RamSize;
import overlayd.config.SubhostConfig;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.HostFacts;

/** Finds out what of the host can be limited. Reads only. Any host thread. */
public final class ResourceFacts {
    private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^MemTotal:\\s+([0-9]+) kB$");

    private final Kernel kernel;

    public ResourceFacts(Kernel kernel) {
        this.kernel = kernel;
    }

    public HostFacts.Resources of(SubhostConfig config) {
        Set<String> controllers = kernel.cgroups().controllers().stream().map(controller -> controller.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Map<Path, String> disks = new HashMap<>();
        for (Limits.Rate rate : config.upkeep().limits().io()) {
            Path path = rate.disk().orElse(config.root().upper());
            disk(path).ifPresent(device -> disks.put(path, device));
        }
        Limits limits = config.upkeep().limits();
        // Most files ask for none of this.
        return new HostFacts.Resources(controllers, disks, limits.memory() instanceof RamSize.Percent ? memory() : 0,
                limits.cpuPercents().isPresent() ? Runtime.getRuntime().availableProcessors() : 0);
    }

    /** The whole disk below a path: throttling knows no partitions. A file system without a device of its own (btrfs, tmpfs, overlay) has none. */
    private Optional<String> disk(Path path) {
        try {
            FileIdentity found = kernel.files().target(ByteText.of(path));
            String device = FileIdentity.majorMinor(found.kind() == FileIdentity.Kind.BLOCK_DEVICE ? found.rawDevice() : found.device());
            Path entry = Path.of("/sys/dev/block", device).toRealPath();
            Path whole = Files.exists(entry.resolve("partition")) ? entry.getParent() : entry;
            return Optional.of(Files.readString(whole.resolve("dev")).strip());
        } catch (KernelException | IOException none) {
            return Optional.empty();
        }
    }

    private static long memory() {
        try {
            Matcher total = MEM_TOTAL.matcher(Files.readString(Path.of("/proc/meminfo")));
            return total.find() ? Long.parseLong(total.group(1)) << 10 : 0;
        } catch (IOException noProc) {
            return 0;
        }
    }
}
