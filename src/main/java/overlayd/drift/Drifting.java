package overlayd.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import overlayd.kernel.Copies;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.upper.Change;
import overlayd.upper.Diff;
import overlayd.upper.View;

/** Finds how the layers of one subhost have come apart. Reads only; one thread. */
public final class Drifting {
    /** Where programs and settings are; what services write elsewhere is newer below all the time. */
    private static final Set<String> SYSTEM = Set.of("bin", "boot", "etc", "lib", "lib32", "lib64", "libx32", "opt", "sbin", "usr");
    private static final Set<String> MERGED = Set.of("bin", "lib", "lib32", "lib64", "libx32", "sbin");
    private static final int MOST = 10_000;

    private final Files files;
    private final Copies copies;
    private final Diff.Layers layers;
    private final View now;
    private final View old;
    private final Packages own;
    private final Packages below;

    public Drifting(Files files, Copies copies, Diff.Layers layers) {
        this.files = files;
        this.copies = copies;
        this.layers = layers;
        this.now = new View(files, copies, layers.all());
        this.old = new View(files, copies, layers.lowers());
        this.own = new Packages(files, now);
        this.below = new Packages(files, old);
    }

    /** Whether packages of LOWER were changed since: quick. @param since st_ctime, nanoseconds */
    public boolean changedSince(long since) throws KernelException {
        return !below.writtenSince(since).isEmpty();
    }

    /** @param since st_ctime, nanoseconds, of its boot; empty: it does not run */
    public Report report(Optional<Long> since) throws KernelException {
        Map<String, String> there = below.installed();
        return new Report(since.isPresent() ? changed(since.get(), there) : List.of(), hiding(there.keySet()), disagreeing(there));
    }

    private List<Report.Changed> changed(long since, Map<String, String> there) throws KernelException {
        List<Report.Changed> changed = new ArrayList<>();
        List<String> written = below.writtenSince(since);
        Map<String, String> before = written.isEmpty() ? Map.of() : below.before();
        for (String name : written) {
            there.keySet().stream().filter(key -> key.equals(name) || key.substring(0, key.lastIndexOf(':')).equals(name)).findFirst()
                    .ifPresent(key -> changed.add(new Report.Changed(shown(key), Optional.ofNullable(before.get(key)), there.get(key))));
        }
        return changed;
    }

    /** {@code libc6:amd64} is libc6 for a reader. */
    private static String shown(String key) {
        return key.substring(0, key.lastIndexOf(':'));
    }

    // -- files

    private List<Report.Hiding> hiding(Set<String> packages) throws KernelException {
        Map<String, String> owners = new TreeMap<>();
        Diff.tell(files, copies, layers, Diff.Moves.TOLD, change -> {
            if (change.kind() == Change.Kind.CHANGED && !change.directory() && owners.size() < MOST
                    && isSystem(change.path()) && olderThanBelow(change.path())) {
                owners.put(change.path(), "");
            }
        });
        if (owners.isEmpty()) {
            return List.of();
        }
        for (String key : packages) {
            for (String path : below.paths(key)) {
                names(path).stream().filter(owners::containsKey).forEach(name -> owners.put(name, shown(key)));
            }
        }
        return owners.entrySet().stream().map(e -> new Report.Hiding("/" + e.getKey(), Optional.of(e.getValue()).filter(owner -> !owner.isEmpty())))
                .toList();
    }

    private static boolean isSystem(String path) {
        return SYSTEM.contains(path.split("/", 2)[0]);
    }

    private boolean olderThanBelow(String path) throws KernelException {
        Optional<View.Node> mine = now.find(path);
        Optional<View.Node> theirs = old.find(path);
        return mine.isPresent() && theirs.isPresent() && mine.get().top().detail().changed() < theirs.get().top().detail().changed();
    }

    /** A package may call /usr/bin/x still /bin/x. */
    private static List<String> names(String path) {
        return MERGED.contains(path.split("/", 2)[0]) ? List.of(path, "usr/" + path) : List.of(path);
    }

    // -- database

    private List<Report.Disagreeing> disagreeing(Map<String, String> there) throws KernelException {
        Optional<View.Node> status = now.find(Packages.STATUS);
        if (status.isEmpty() || status.get().top().layer() >= layers.uppers().size()) {
            return List.of(); // LOWER's own database, which tells of LOWER's files
        }
        Map<String, String> mine = own.installed();
        Set<String> all = new TreeSet<>(mine.keySet());
        all.addAll(there.keySet());
        List<Report.Disagreeing> disagreeing = new ArrayList<>();
        for (String key : all) {
            Optional<String> database = Optional.ofNullable(mine.get(key));
            Optional<String> lower = Optional.ofNullable(there.get(key));
            if (database.equals(lower)) {
                continue;
            }
            Seen seen = seen(database.isPresent() ? own.paths(key) : below.paths(key));
            if (seen == Seen.BELOW || seen == Seen.NOWHERE && database.isPresent()) {
                disagreeing.add(new Report.Disagreeing(shown(key), database, seen == Seen.BELOW ? lower : Optional.empty()));
            }
        }
        return disagreeing;
    }

    /** Where the files of a package are seen. */
    private enum Seen { OWN, BELOW, NOWHERE, NONE }

    private Seen seen(List<String> paths) throws KernelException {
        Seen seen = Seen.NONE;
        for (String path : paths) {
            Optional<View.Node> node = real(path);
            if (node.isPresent() && !node.get().directory()) {
                if (node.get().top().layer() >= layers.uppers().size()) {
                    return Seen.BELOW;
                }
                seen = Seen.OWN;
            } else if (node.isEmpty() && seen == Seen.NONE && !path.startsWith("usr/share/")) {
                seen = Seen.NOWHERE; // documentation is left out of many roots
            }
        }
        return seen;
    }

    private Optional<View.Node> real(String path) throws KernelException {
        for (String name : names(path)) {
            Optional<View.Node> node = now.find(name);
            if (node.isPresent()) {
                return node;
            }
        }
        return Optional.empty();
    }
}
