package overlayd.subhost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import overlayd.config.ByteText;
import overlayd.failure.Diagnosis;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.Packet;
import overlayd.kernel.Pidfd;

/** Takes what {@link LiveShare} or SHARE has mounted off a running subhost: by the {@link ShareHelper}, never while it is in use. */
final class LiveUnshare {
    private static final int MOST_MOUNTINFO = 16 << 20;
    /** What a boot mounts besides shares. */
    private static final Set<String> BUILT_IN = Set.of("/", "/proc", "/dev", "/sys", "/run", "/.reaper", "/etc/hostname", "/etc/hosts",
            "/etc/resolv.conf", "/etc/adjtime");

    private final Kernel kernel;
    private final Path reaper;

    LiveUnshare(Kernel kernel, Path reaper) {
        this.kernel = kernel;
        this.reaper = reaper;
    }

    void carryOut(Subhost subhost, Path target) throws RefusedException {
        String path = ByteText.of(target);
        try {
            Pidfd init = subhost.init().orElseThrow(() -> new KernelException("unshare", subhost.name(), Errno.ESRCH, "the subhost has ended"));
            List<String> mounts = mounts(subhost, path);
            if (mounts.isEmpty()) {
                throw new RefusedException(RefusedException.Kind.UNKNOWN, "nothing is shared on " + path + " of " + subhost.name());
            }
            detach(init, mounts);
        } catch (KernelException refused) {
            if (refused.errno() == Errno.EBUSY) {
                String users = String.join(", ", users(subhost, path));
                throw new RefusedException(RefusedException.Kind.BUSY, path + " of " + subhost.name() + " is in use"
                        + (users.isEmpty() ? "" : " by " + users) + "; end that first");
            }
            throw RefusedException.step(Diagnosis.of("unshare", path, refused.errno(), refused.getMessage()));
        }
    }

    /** The topmost mount at {@code path} and all below it, the last mounted first; none where no share is. */
    private List<String> mounts(Subhost subhost, String path) throws KernelException {
        if (BUILT_IN.contains(path) || path.startsWith("/proc/") || path.startsWith("/dev/") || path.startsWith("/sys/")) {
            return List.of();
        }
        List<String> mounts = new ArrayList<>();
        for (MountInfo mount : MountInfo.parseAll(kernel.files().read("/proc/" + subhost.record().initPid() + "/mountinfo", MOST_MOUNTINFO))) {
            if (mount.mountPoint().equals(path) || mount.below(path)) {
                mounts.add(mount.mountPoint());
            }
        }
        Collections.reverse(mounts);
        return mounts.contains(path) ? mounts : List.of();
    }

    private void detach(Pidfd init, List<String> mounts) throws KernelException {
        new ShareHelper(kernel, reaper).ask("unshare", mounts.get(0), Packet.of("UNSHARE").withAll("path", mounts).withFds(List.of("pidfd")).build(),
                List.of(init.fd()));
    }

    /** Processes of the subhost that stand in it, run from it, or have something of it open. */
    private static Set<String> users(Subhost subhost, String path) {
        Set<String> users = new TreeSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            Path mounts = Files.readSymbolicLink(Path.of("/proc/" + subhost.record().initPid() + "/ns/mnt"));
            for (Path process : processes) {
                try {
                    if (Files.readSymbolicLink(process.resolve("ns/mnt")).equals(mounts) && uses(process, path)) {
                        users.add(Files.readString(process.resolve("comm")).strip() + " (process " + process.getFileName() + ")");
                    }
                } catch (IOException ended) {
                    // look on
                }
            }
        } catch (IOException ended) {
            // The names are a courtesy.
        }
        return users;
    }

    private static boolean uses(Path process, String path) throws IOException {
        List<Path> links = new ArrayList<>(List.of(process.resolve("cwd"), process.resolve("root"), process.resolve("exe")));
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            open.forEach(links::add);
        }
        for (Path link : links) {
            try {
                String to = Files.readSymbolicLink(link).toString();
                if (to.equals(path) || to.startsWith(path + "/")) {
                    return true;
                }
            } catch (IOException closed) {
                // look on
            }
        }
        return false;
    }
}
