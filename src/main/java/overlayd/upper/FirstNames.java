package overlayd.upper;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.kernel.FileDetail;

/** Where a file with several names was put first, so that its further names become links; forgotten when all its names were seen. One thread. */
final class FirstNames {
    private record First(String path, long left) {
    }

    private final Map<List<Long>, First> files = new HashMap<>();

    private static List<Long> inode(FileDetail file) {
        return List.of(file.identity().device(), file.identity().inode());
    }

    /** Where the file was put first; empty: it was not yet, or has one name only. */
    Optional<String> of(FileDetail file) {
        First first = files.get(inode(file));
        if (first == null) {
            return Optional.empty();
        }
        if (first.left() == 1) {
            files.remove(inode(file));
        } else {
            files.put(inode(file), new First(first.path(), first.left() - 1));
        }
        return Optional.of(first.path());
    }

    /** It is put there, for the first time. */
    void put(FileDetail file, String path) {
        if (file.identity().links() > 1) {
            files.put(inode(file), new First(path, file.identity().links() - 1));
        }
    }
}
