package overlayd.upper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.KernelException;

/** What differs between two files, in words; times are not looked at. */
final class Comparison {
    private final Copies copies;

    Comparison(Copies copies) {
        this.copies = copies;
    }

    /** One file: the tree it is in, and its path. */
    record File(Fd root, String path, FileIdentity identity) {
    }

    /** What of {@code old} is different now; empty: nothing. */
    List<String> differences(File old, File now) throws KernelException {
        if (old.identity().kind() != now.identity().kind()) {
            return List.of("was a " + word(old.identity().kind()));
        }
        List<String> details = metadata(old, now);
        if (!sameContent(old, now)) {
            details.add(0, "content");
        }
        return details;
    }

    /** The same, knowing that the content is the same. */
    List<String> metadata(File old, File now) throws KernelException {
        List<String> details = new ArrayList<>();
        FileIdentity before = old.identity();
        FileIdentity after = now.identity();
        if (before.permissions() != after.permissions() && after.kind() != Kind.SYMLINK) {
            details.add("mode %04o to %04o".formatted(before.permissions(), after.permissions()));
        }
        if (before.uid() != after.uid() || before.gid() != after.gid()) {
            details.add("owner %d:%d to %d:%d".formatted(before.uid(), before.gid(), after.uid(), after.gid()));
        }
        Map<String, byte[]> had = copies.attributes(old.root(), old.path());
        Map<String, byte[]> has = copies.attributes(now.root(), now.path());
        TreeSet<String> names = new TreeSet<>(had.keySet());
        names.addAll(has.keySet());
        names.removeIf(name -> Arrays.equals(had.get(name), has.get(name)));
        if (!names.isEmpty()) {
            details.add("attribute " + String.join(" ", names));
        }
        return details;
    }

    private boolean sameContent(File old, File now) throws KernelException {
        return switch (now.identity().kind()) {
            case REGULAR -> old.identity().size() == now.identity().size() && copies.sameContent(old.root(), old.path(), now.root(), now.path());
            case SYMLINK -> copies.readLink(old.root(), old.path()).equals(copies.readLink(now.root(), now.path()));
            case CHARACTER_DEVICE, BLOCK_DEVICE -> old.identity().rawDevice() == now.identity().rawDevice();
            case DIRECTORY, FIFO, SOCKET, OTHER -> true;
        };
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case REGULAR -> "file";
            case DIRECTORY -> "directory";
            case SYMLINK -> "symbolic link";
            case CHARACTER_DEVICE, BLOCK_DEVICE -> "device";
            case FIFO -> "fifo";
            case SOCKET -> "socket";
            case OTHER -> "something else";
        };
    }
}
