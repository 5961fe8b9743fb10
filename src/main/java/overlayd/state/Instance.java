package overlayd.state;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One overlayd among possibly several on a host: where it keeps what, and the id by which it knows its own cgroups.
 *
 * @param runtime directory of socket, records and journals; ends with the host's next start (OVERLAYD_RUNTIME_DIR)
 * @param state directory that survives it (OVERLAYD_STATE_DIR)
 * @param id device and inode of the state directory in hexadecimal: two instances never share it
 * @param tree the installed tree: libexec/reaper, bin/
 */
public record Instance(Path runtime, Path state, String id, Path tree) {
    private static final Set<PosixFilePermission> PASSED = PosixFilePermissions.fromString("rwx--x---");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Makes the directories (0700) where they are missing and computes the id. */
    public static Instance at(Path runtime, Path state, Path tree) throws IOException {
        if (!letsOnlyPass(runtime)) {
            makePrivate(runtime);
        }
        makePrivate(state);
        makePrivate(runtime.resolve("subhosts"));
        long device = ((Number) Files.getAttribute(state, "unix:dev")).longValue();
        long inode = ((Number) Files.getAttribute(state, "unix:ino")).longValue();
        return new Instance(runtime, state, Long.toHexString(device) + "-" + Long.toHexString(inode), tree);
    }

    /** As SOCKET_GROUP leaves it: a daemon that serves already may have, and whoever else starts one by mistake is not to take that back. */
    private static boolean letsOnlyPass(Path directory) throws IOException {
        return Files.isDirectory(directory) && PASSED.containsAll(Files.getPosixFilePermissions(directory));
    }

    /** The control socket. */
    public Path socket() {
        return runtime.resolve("overlayd.sock");
    }

    /** The runtime directory of one subhost. */
    public Rundir rundir(String name) {
        return new Rundir(subhosts().resolve(name));
    }

    public Path subhosts() {
        return runtime.resolve("subhosts");
    }

    /** The C program in all its roles. */
    public Path reaper() {
        return tree.resolve("libexec/reaper");
    }

    /** The group of {@code name} below each cgroup hierarchy's root. */
    public String cgroup(String name) {
        return cgroup() + "/" + name;
    }

    /** Alias of the bridges that overlay net has made for this instance. */
    public String bridgeTag() {
        return cgroup() + " net";
    }

    /** The group that holds those of all subhosts. */
    public String cgroup() {
        return "overlayd-" + id;
    }

    /** The daemon's own, when a client has started it. */
    public String daemonGroup() {
        return "overlayd-daemon-" + id;
    }

    /** A directory only root may enter: made where it is missing, closed to others where it is open to them. Any thread. */
    public static void makePrivate(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            if (!Files.isDirectory(directory.getParent())) { // as it mostly is: a refused mkdir(2) costs an exception
                Files.createDirectories(directory.getParent());
            }
            try {
                Files.createDirectory(directory, PRIVATE);
            } catch (FileAlreadyExistsException meanwhile) {
                if (!Files.isDirectory(directory)) {
                    throw meanwhile;
                }
            }
        } else if (!Files.getPosixFilePermissions(directory).equals(PRIVATE.value())) {
            Files.setPosixFilePermissions(directory, PRIVATE.value());
        }
    }
}
