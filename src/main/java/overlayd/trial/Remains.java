package overlayd.trial;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Deadline;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.Pidfd;
import overlayd.kernel.Signal;

/** What the command of a trial on the host's root has left running: every process that sees the trial's mounts. Any host thread. */
public final class Remains {
    /** New processes may come while others are killed. */
    private static final int ROUNDS = 100;
    private static final int MOST_MOUNTINFO = 16 << 20;

    private final Kernel kernel;

    public Remains(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * What mountinfo shows as source of a trial's /run. Of nothing else it does: the number of a mount namespace may be another's when the daemon that
     * knew it has ended, and before Linux 6.5 the overlay's own options lead nowhere.
     */
    static String mark(Trials.Trial trial) {
        return "overlay-try-" + trial.id() + "-" + trial.begun();
    }

    /** Whom to kill, asked of processes that may end at any time. */
    private interface Choice {
        boolean of(int pid) throws KernelException;
    }

    /** Kills all that are in that mount namespace. */
    void kill(FileIdentity mounts) throws KernelException {
        killAll(pid -> mounts(pid).sameFile(mounts));
    }

    /** Kills all that see a trial's mounts, by their mark, and all who are in one mount namespace with them. */
    public void kill(Trials.Trial trial) throws KernelException {
        String mark = mark(trial);
        for (FileIdentity mounts : marked(mark)) {
            kill(mounts);
        }
        // What came in between, or was in namespaces inside of those.
        killAll(pid -> isMarked(pid, mark));
    }

    private List<FileIdentity> marked(String mark) {
        List<FileIdentity> found = new ArrayList<>();
        for (int pid : processes()) {
            try {
                if (isMarked(pid, mark) && found.stream().noneMatch(mounts(pid)::sameFile)) {
                    found.add(mounts(pid));
                }
            } catch (KernelException ended) {
                // a zombie, or gone
            }
        }
        return found;
    }

    private FileIdentity mounts(int pid) throws KernelException {
        return kernel.files().target("/proc/" + pid + "/ns/mnt");
    }

    private boolean isMarked(int pid, String mark) throws KernelException {
        return MountInfo.parseAll(kernel.files().read("/proc/" + pid + "/mountinfo", MOST_MOUNTINFO)).stream().anyMatch(mount -> mount.source().equals(mark));
    }

    private void killAll(Choice choice) throws KernelException {
        for (int round = 0; round < ROUNDS; round++) {
            boolean any = false;
            for (int pid : processes()) {
                any |= kill(pid, choice);
            }
            if (!any) {
                return;
            }
        }
    }

    /** A handle first, then the question: it is asked of the one who is killed. */
    private boolean kill(int pid, Choice choice) {
        try (Pidfd process = kernel.processes().open(pid)) {
            if (choice.of(pid)) {
                process.signal(Signal.KILL);
                process.await(Deadline.afterMillis(1000));
                return true;
            }
        } catch (KernelException ended) {
            // a zombie, or gone
        }
        return false;
    }

    private static List<Integer> processes() {
        List<Integer> pids = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            processes.forEach(process -> pids.add(Integer.valueOf(process.getFileName().toString())));
        } catch (IOException noProc) {
            // then there are none to be seen
        }
        return pids;
    }
}
