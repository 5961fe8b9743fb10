package overlayd.rootfs;

import java.nio.file.Path;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;

/**
 * A file that the root has only as a symbolic link into /run (Debian's /etc/resolv.conf with resolvconf or systemd-resolved), where
 * nothing is yet because the subhost's /run is new: the file is made there. Whatever else is missing stays missing; UPPER is never
 * written to.
 */
final class RunLinks {
    private static final int FILE_MODE = 0644;
    private static final int DIRECTORY_MODE = 0755;

    private final Files files;
    private final Root root;
    private final long runMount;

    /** @param runMount id of the tmpfs on the subhost's /run; 0 when it has none */
    RunLinks(Files files, Root root, long runMount) {
        this.files = files;
        this.root = root;
        this.runMount = runMount;
    }

    void write(String target, byte[] content) throws KernelException {
        String place = runMount == 0 ? "" : placeInRun(target);
        if (place.isEmpty()) {
            return;
        }
        String directory = place.substring(0, place.lastIndexOf('/'));
        try (Fd run = root.tree().openPlace("run")) {
            if (files.identity(run).mountId() != runMount) {
                return; // something was mounted over it since
            }
            String below = directory.substring("/run".length());
            if (!below.isEmpty()) {
                files.tree(run).makeDirectories(below.substring(1), DIRECTORY_MODE);
            }
            files.tree(run).makeFile(place.substring("/run/".length()), FILE_MODE, content);
        } catch (KernelException e) {
            if (e.errno() != Errno.EEXIST) { // a link's target that is there, but was not reached: leave it
                throw e;
            }
        }
    }

    /** Where in /run the link leads, by its text; empty when it is no link or leads elsewhere. */
    private String placeInRun(String target) throws KernelException {
        if (!root.tree().exists(target) || root.tree().identity(target).kind() != Kind.SYMLINK) {
            return "";
        }
        Path link = Path.of("/").resolve(target);
        Path leads = link.resolveSibling(root.tree().readLink(target)).normalize();
        if (leads.startsWith("/var/run")) {
            leads = Path.of("/run").resolve(Path.of("/var/run").relativize(leads));
        }
        return leads.startsWith("/run") && leads.getNameCount() > 1 ? leads.toString() : "";
    }
}
