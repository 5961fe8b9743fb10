package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.RawText;
import overlayd.state.Asked;
import overlayd.state.Life;
import overlayd.state.OnHost;
import overlayd.state.RootDirectories;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Upkeep;

/**
 * What the kernel shows of subhosts that overlay-boot 1.6 has booted: a script "overlay-boot" that unshared its mounts (UNSHARED=yes in its
 * environment), and below it a first process in the network namespace that is pinned under the subhost's name. Asked anew each time; where
 * every pinned namespace is ours nothing more is looked at. Any host thread.
 */
final class ForeignEvidence {
    private static final Path PINNED = Path.of("/run/netns");
    private static final String SCRIPT = "overlay-boot";
    /** It keeps every capability, and filters and masks nothing. */
    private static final List<String> OPENNESS = List.of("PROFILE=compat");
    private static final int LIMIT = 4 << 20;
    private static final int DEEPEST = 8;
    private static final long TICKS_A_SECOND = 100; // USER_HZ is that on every architecture

    private final Kernel kernel;
    private final Registry registry;

    ForeignEvidence(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
    }

    /** All there are. */
    List<Foreigners.Foreign> all() {
        Map<FileIdentity, String> names = pinned();
        List<Foreigners.Foreign> found = new ArrayList<>();
        if (!names.isEmpty()) {
            Map<Integer, Integer> parents = parents();
            for (int script : parents.keySet()) {
                if (isScript(script)) {
                    first(script, parents, names).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    Optional<Foreigners.Foreign> find(String name) {
        return Files.exists(PINNED.resolve(name)) ? all().stream().filter(foreign -> foreign.record().name().equals(name)).findFirst() : Optional.empty();
    }

    /** Pinned network namespaces that no subhost of ours has, by what they are. */
    private Map<FileIdentity, String> pinned() {
        Map<FileIdentity, String> names = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(PINNED)) {
            for (Path file : files) {
                String name = ByteText.of(file.getFileName());
                if (registry.find(name).filter(subhost -> subhost.state().isLive()).isEmpty()) {
                    names.put(kernel.files().target(ByteText.of(file)), name);
                }
            }
        } catch (IOException | KernelException none) {
            // no netns was ever made, or one went meanwhile
        }
        return names;
    }

    /** Every process, and its parent. */
    static Map<Integer, Integer> parents() {
        Map<Integer, Integer> parents = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String stat = text(process.resolve("stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
                if (fields.length > 2) {
                    parents.put(Integer.valueOf(process.getFileName().toString()), Integer.valueOf(fields[1]));
                }
            }
        } catch (IOException noProc) {
            // then nothing is known
        }
        return parents;
    }

    private boolean isScript(int pid) {
        Path process = Path.of("/proc", Integer.toString(pid));
        return text(process.resolve("comm")).strip().equals(SCRIPT) && List.of(text(process.resolve("environ")).split("\0")).contains("UNSHARED=yes");
    }

    private Optional<Foreigners.Foreign> first(int script, Map<Integer, Integer> parents, Map<FileIdentity, String> names) {
        for (int pid : parents.keySet()) {
            if (below(pid, script, parents) && text(Path.of("/proc", pid + "", "status")).matches("(?s).*\nNSpid:[\\s\\d]*\\s1\n.*")) {
                try {
                    FileIdentity netns = kernel.files().target("/proc/" + pid + "/ns/net");
                    Optional<String> name = names.entrySet().stream().filter(e -> e.getKey().sameFile(netns)).map(Map.Entry::getValue).findFirst();
                    if (name.isPresent()) {
                        return Optional.of(new Foreigners.Foreign(record(name.get(), script, pid), script));
                    }
                } catch (KernelException ended) {
                    // then it is not to be listed
                }
            }
        }
        return Optional.empty();
    }

    private static boolean below(int pid, int ancestor, Map<Integer, Integer> parents) {
        Integer above = parents.get(pid);
        for (int i = 0; i < DEEPEST && above != null && above > 1; i++) {
            if (above == ancestor) {
                return true;
            }
            above = parents.get(above);
        }
        return false;
    }

    private SubhostRecord record(String name, int script, int init) throws KernelException {
        long start = kernel.processes().startTime(init);
        Optional<MountInfo> root = MountInfo.parseAll(kernel.files().read("/proc/" + init + "/mountinfo", LIMIT)).stream()
                .filter(mount -> mount.mountPoint().equals("/")).reduce((below, above) -> above);
        List<String> lower = root.flatMap(mount -> mount.superOption("lowerdir")).map(dirs -> List.of(dirs.split(":"))).orElse(List.of());
        RootDirectories layers = new RootDirectories(lower.isEmpty() ? "bind" : "overlay", lower, root.flatMap(mount -> mount.superOption("upperdir")).orElse(""),
                root.flatMap(mount -> mount.superOption("workdir")).orElse(""), "");
        Life life = new Life(SubhostState.FOREIGN, "booted by overlay-boot 1.6", init, start, bootTime() + start / TICKS_A_SECOND, "");
        return new SubhostRecord(name, kernel.processes().bootId(), Asked.of(file(script), OPENNESS), layers, OnHost.NOTHING, life, Upkeep.NONE);
    }

    /** The configuration, as the script was called with it in the directory it was called in. */
    private static String file(int script) {
        Path process = Path.of("/proc", Integer.toString(script));
        String[] words = text(process.resolve("cmdline")).split("\0");
        String directory = List.of(text(process.resolve("environ")).split("\0")).stream().filter(entry -> entry.startsWith("PWD=")).findFirst()
                .map(entry -> entry.substring(4)).filter(text -> text.startsWith("/")).orElse("/");
        Path file = ByteText.path(directory).resolve(ByteText.path(words[words.length - 1])).normalize();
        return ByteText.of(file);
    }

    /** When the host was started, in seconds since the epoch. */
    private static long bootTime() {
        return text(Path.of("/proc/stat")).lines().filter(line -> line.startsWith("btime ")).findFirst().map(line -> Long.parseLong(line.substring(6)))
                .orElse(0L);
    }

    private static String text(Path file) {
        try {
            return RawText.decode(Files.readAllBytes(file));
        } catch (IOException ended) {
            return "";
        }
    }
}
