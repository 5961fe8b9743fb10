package overlayd.subhost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.config.ByteText;
import overlayd.config.IdRange;
import overlayd.config.SubhostConfig;
import overlayd.config.Userns;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.HostFacts;

/**
 * Which ids of the host stand for which subhost's. Those of a running one are locked, as a range of bytes of one file that all instances of the
 * host know, by its monitor: so they are free when it has ended, whatever became of the daemon. Which were chosen for which name is kept in the
 * state directory, so that a subhost has the same ones again and another gets others as long as there are any. Any thread.
 */
final class IdRanges {
    /** Between what systemd uses for its containers and what is negative to many programs; nobody is known to use it (UIDS-GIDS of systemd). */
    private static final long FIRST = 0x7000_0000L;
    private static final int RANGES = 0x0ffe;
    private static final int LOCK_MODE = 0600;
    private static final int MAP_LIMIT = 1 << 16;
    private static final Pattern WHOLE = Pattern.compile("\\s*0\\s+([0-9]{1,10})\\s+([0-9]{1,10})\\s*");

    /** Where things are on the host; for tests, elsewhere. */
    record Places(Path locks, Path etc, Path proc) {
        static final Places HOST = new Places(Path.of("/run/overlayd-ids"), Path.of("/etc"), Path.of("/proc"));
    }

    private final Kernel kernel;
    private final Path kept;
    private final Places places;
    private final Map<String, IdRange> chosen = new TreeMap<>();

    /** @param state the instance's state directory */
    IdRanges(Kernel kernel, Path state, Places places) {
        this.kernel = kernel;
        this.kept = state.resolve("userns");
        this.places = places;
        text(kept).lines().map(line -> line.split(" ")).filter(words -> words.length == 2).forEach(words -> {
            Matcher matcher = Pattern.compile("([0-9]{1,10}):([0-9]{1,10})").matcher(words[1]);
            if (matcher.matches()) {
                chosen.put(words[0], new IdRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
            }
        });
    }

    /** What planning must know. {@code own}: the ids that the subhost has already, when it runs. Reads only. */
    HostFacts.Ids facts(SubhostConfig config, Optional<IdRange> own) throws KernelException {
        Userns wanted = config.security().userns();
        if (!wanted.wanted()) {
            return HostFacts.Ids.NONE;
        }
        if (own.isPresent() && wanted.range().equals(wanted.range().isEmpty() ? wanted.range() : own)) {
            return new HostFacts.Ids(own, List.of());
        }
        IdUsers users = users();
        return wanted.range().isEmpty() ? new HostFacts.Ids(choose(config.name(), users), List.of())
                : new HostFacts.Ids(wanted.range(), inTheWay(wanted.range().get(), users));
    }

    private List<String> inTheWay(IdRange range, IdUsers users) throws KernelException {
        List<String> words = new ArrayList<>();
        users.of(range).stream().filter(user -> !user.root()).map(IdUsers.User::who).distinct().limit(3).forEach(words::add);
        if (words.isEmpty() && !free(range)) {
            words.add("another subhost has some of them");
        }
        return words;
    }

    /** The ones it had before, else some that nobody has and no other was given; where all were given, some of one that does not run. */
    private synchronized Optional<IdRange> choose(String name, IdUsers users) throws KernelException {
        IdRange before = chosen.get(name);
        if (before != null && users.of(before).isEmpty() && free(before)) {
            return Optional.of(before);
        }
        Set<IdRange> others = new HashSet<>(chosen.values());
        int from = Math.floorMod((kept + name).hashCode(), RANGES);
        for (boolean given : new boolean[] {false, true}) {
            for (int i = 0; i < RANGES; i++) {
                IdRange range = new IdRange(FIRST + (long) Math.floorMod(from + i, RANGES) * IdRange.LEAST, IdRange.LEAST);
                if ((given || !others.contains(range)) && users.of(range).isEmpty() && free(range)) {
                    chosen.put(name, range);
                    return Optional.of(range);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Takes ids for a subhost that is being booted.
     *
     * @return what locks them, for the monitor to hold
     * @throws KernelException EAGAIN: somebody has taken them since
     */
    Fd take(String name, IdRange range) throws KernelException {
        Fd lock = lock(range).orElseThrow(() -> new KernelException("take ids", range, Errno.EAGAIN, "another subhost has taken them"));
        try {
            keep(name, range);
            return lock;
        } catch (IOException full) {
            lock.close();
            throw new KernelException("write", kept, Errno.EIO, String.valueOf(full.getMessage()));
        }
    }

    /** The lock alone, for who stands in for a monitor; empty: another has it. */
    Optional<Fd> lock(IdRange range) throws KernelException {
        Fd file = open();
        try {
            if (kernel.locks().tryLockRange(file, range.start(), range.count())) {
                return Optional.of(file);
            }
        } catch (KernelException refused) {
            file.close();
            throw refused;
        }
        file.close();
        return Optional.empty();
    }

    private Fd open() throws KernelException {
        return kernel.files().openForAppend(ByteText.of(places.locks()), LOCK_MODE);
    }

    private boolean free(IdRange range) throws KernelException {
        if (!Files.exists(places.locks())) {
            return true;
        }
        try (Fd file = open()) {
            return kernel.locks().isRangeFree(file, range.start(), range.count());
        }
    }

    private synchronized void keep(String name, IdRange range) throws IOException {
        chosen.put(name, range);
        StringBuilder text = new StringBuilder();
        chosen.forEach((owner, ids) -> text.append(owner).append(' ').append(ids).append('\n'));
        if (text(kept).contentEquals(text)) {
            return;
        }
        Path draft = kept.resolveSibling("userns.new");
        Files.writeString(draft, text);
        Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE);
    }

    private IdUsers users() {
        IdUsers users = new IdUsers().accounts(text(places.etc().resolve("passwd")), "user").accounts(text(places.etc().resolve("group")), "group");
        for (String file : List.of("subuid", "subgid")) {
            users.delegated(text(places.etc().resolve(file)), places.etc().resolve(file).toString());
        }
        return users.mapped(maps());
    }

    /** Maps of all processes that are in other user namespaces than we are. */
    private Set<String> maps() {
        Set<String> maps = new HashSet<>();
        String ownUids = text(places.proc().resolve("self/uid_map"));
        String ownGids = text(places.proc().resolve("self/gid_map"));
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(places.proc(), "[0-9]*")) {
            for (Path process : processes) {
                String uids = text(process.resolve("uid_map"));
                String gids = text(process.resolve("gid_map"));
                if (!(uids.equals(ownUids) && gids.equals(ownGids)) && !ended(process)) {
                    maps.add(uids);
                    maps.add(gids);
                }
            }
        } catch (IOException noProc) {
            return Set.of();
        }
        maps.remove(ownUids);
        maps.remove(ownGids);
        return maps;
    }

    /** A zombie that nobody has reaped has ids, but is nobody any more. */
    private static boolean ended(Path process) {
        return text(process.resolve("stat")).replaceFirst("(?s).*\\) ", "").startsWith("Z");
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException none) {
            return "";
        }
    }

    /** The ids of the user namespace that a subhost's pid 1 is in; empty when it is in ours. @throws KernelException ESRCH, EPROTO */
    static Optional<IdRange> of(Kernel kernel, int pid) throws KernelException {
        String map = new String(kernel.files().read("/proc/" + pid + "/uid_map", MAP_LIMIT), StandardCharsets.ISO_8859_1);
        if (map.equals(new String(kernel.files().read("/proc/self/uid_map", MAP_LIMIT), StandardCharsets.ISO_8859_1))) {
            return Optional.empty();
        }
        Matcher matcher = WHOLE.matcher(map);
        if (!matcher.matches()) {
            throw new KernelException("read", "/proc/" + pid + "/uid_map", Errno.EPROTO, "a map that overlayd never writes");
        }
        return Optional.of(new IdRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
    }
}
