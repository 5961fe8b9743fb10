package overlayd.enter;

import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Files;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;
import overlayd.kernel.Tree;
import overlayd.state.SubhostRecord;

/** Reads accounts of running subhosts, by a path that nothing in there can bend. Any thread. */
public final class Logins {
    private static final int MOST_BYTES = 1 << 20;

    private final Kernel kernel;

    public Logins(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Root's account in a running subhost; what cannot be read counts as absent. */
    public Login root(SubhostRecord subhost) {
        Files files = kernel.files();
        try (Fd root = files.openPath("/proc/" + subhost.initPid() + "/root")) {
            // Only now is it certain whose root that is: the number could have been used again in between.
            if (!kernel.processes().isSame(subhost.initPid(), subhost.life().initStart())) {
                return Login.of("", path -> path.equals("/bin/sh"));
            }
            Tree tree = files.tree(root);
            return Login.of(passwd(tree), path -> isProgram(files, tree, path));
        } catch (KernelException ended) {
            return Login.of("", path -> path.equals("/bin/sh"));
        }
    }

    private static String passwd(Tree tree) {
        try {
            return RawText.decode(tree.read("etc/passwd", MOST_BYTES));
        } catch (KernelException absent) {
            return "";
        }
    }

    private static boolean isProgram(Files files, Tree tree, String path) {
        try (Fd program = tree.openPath(path.substring(1))) {
            FileIdentity what = files.identity(program);
            return what.kind() == FileIdentity.Kind.REGULAR && (what.permissions() & 0111) != 0;
        } catch (KernelException absent) {
            return false;
        }
    }
}
