package overlayd.drift;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import overlayd.kernel.Errno;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.upper.View;

/** dpkg's database as layers show it. What a subhost has written may be anything: what cannot be read counts as not there. */
final class Packages {
    static final String STATUS = "var/lib/dpkg/status";
    static final String INFO = "var/lib/dpkg/info";
    private static final String LOG = "var/log/dpkg.log";
    private static final String LIST = ".list";
    /** Debian's whole archive is described in 60 MB; a large desktop's status has 5. */
    private static final int MOST_STATUS = 24 << 20;
    private static final int MOST_LIST = 4 << 20;

    private final Files files;
    private final View view;

    Packages(Files files, View view) {
        this.files = files;
        this.view = view;
    }

    /** Version of every installed package, by {@code name:architecture}. */
    Map<String, String> installed() throws KernelException {
        return read(STATUS, MOST_STATUS).map(Packages::parse).orElseGet(Map::of);
    }

    /** From the text of a status file. */
    static Map<String, String> parse(byte[] status) {
        Map<String, String> installed = new TreeMap<>();
        String[] stanza = new String[4]; // name, architecture, version, state
        int start = 0;
        for (int at = 0; at <= status.length; at++) {
            if (at < status.length && status[at] != '\n') {
                continue;
            }
            if (at == start) {
                keep(stanza, installed);
            } else {
                field(status, start, at, stanza);
            }
            start = at + 1;
        }
        keep(stanza, installed);
        return installed;
    }

    private static void field(byte[] status, int start, int end, String[] stanza) {
        int which = switch (status[start]) {
            case 'P' -> 0;
            case 'A' -> 1;
            case 'V' -> 2;
            case 'S' -> 3;
            default -> -1;
        };
        String name = which < 0 ? "" : List.of("Package: ", "Architecture: ", "Version: ", "Status: ").get(which);
        if (which >= 0 && end - start > name.length() && new String(status, start, name.length(), StandardCharsets.ISO_8859_1).equals(name)) {
            stanza[which] = new String(status, start + name.length(), end - start - name.length(), StandardCharsets.UTF_8).strip();
        }
    }

    private static void keep(String[] stanza, Map<String, String> installed) {
        if (stanza[0] != null && stanza[2] != null && stanza[3] != null && stanza[3].endsWith(" installed")) {
            installed.put(stanza[0] + ":" + (stanza[1] == null ? "" : stanza[1]), stanza[2]);
        }
        java.util.Arrays.fill(stanza, null);
    }

    /** The paths of a package, relative; empty where there is no list of them. */
    List<String> paths(String key) throws KernelException {
        String name = key.substring(0, key.lastIndexOf(':'));
        Optional<byte[]> list = read(INFO + "/" + key + LIST, MOST_LIST);
        if (list.isEmpty()) {
            list = read(INFO + "/" + name + LIST, MOST_LIST);
        }
        return list.map(Packages::lines).orElseGet(List::of);
    }

    private static List<String> lines(byte[] list) {
        List<String> paths = new ArrayList<>();
        for (String line : new String(list, StandardCharsets.UTF_8).split("\n")) {
            if (line.length() > 1 && line.startsWith("/") && !line.equals("/.")) {
                paths.add(line.substring(1));
            }
        }
        return paths;
    }

    /** Names, with architecture where dpkg writes it, of packages whose list of files was written at {@code since} (ctime, ns) or later. */
    List<String> writtenSince(long since) throws KernelException {
        List<String> written = new ArrayList<>();
        Optional<View.Node> info = view.find(INFO).filter(View.Node::directory);
        if (info.isEmpty() || info.get().top().detail().changed() < since) {
            return written; // whatever is installed has its list renamed to its place in there
        }
        for (String name : view.listed(info.get(), 0, view.size())) {
            if (name.endsWith(LIST)) {
                Optional<View.Node> list = view.child(info.get(), name);
                if (list.isPresent() && list.get().top().detail().changed() >= since) {
                    written.add(name.substring(0, name.length() - LIST.length()));
                }
            }
        }
        return written;
    }

    /** The version that a package had before it was upgraded the last time, by {@code name:architecture}, as dpkg's log tells. */
    Map<String, String> before() throws KernelException {
        Map<String, String> before = new TreeMap<>();
        Optional<byte[]> log = read(LOG, MOST_STATUS);
        for (String line : log.map(bytes -> new String(bytes, StandardCharsets.UTF_8).split("\n")).orElseGet(() -> new String[0])) {
            String[] words = line.split(" ");
            if (words.length == 6 && words[2].equals("upgrade")) {
                before.put(words[3], words[4]);
            }
        }
        return before;
    }

    private Optional<byte[]> read(String path, int limit) throws KernelException {
        Optional<View.Node> found = view.find(path).filter(node -> !node.directory());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(files.tree(found.get().top().root()).read(found.get().top().path(), limit));
        } catch (KernelException unreadable) {
            if (unreadable.errno() == Errno.EIO) {
                throw unreadable;
            }
            return Optional.empty();
        }
    }
}
