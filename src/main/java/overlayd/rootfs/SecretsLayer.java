package overlayd.rootfs;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Mounts;
import overlayd.kernel.RawText;
import overlayd.kernel.Tree;

/**
 * HIDE=secrets: a layer between UPPER and LOWER that takes away what is secret. Whole directories are opaque, so that what the host
 * puts there later stays hidden too; host keys are whiteouts; the password files are copies without hashes, for the users must be
 * there. A layer, and not masks, because what UPPER has of its own must be seen, and what the subhost writes goes to UPPER.
 */
public final class SecretsLayer {
    private static final List<String> DIRECTORIES = List.of("root", "etc/ssl/private", "var/backups");
    private static final List<String> PASSWORDS = List.of("etc/shadow", "etc/gshadow", "etc/shadow-", "etc/gshadow-", "etc/passwd", "etc/passwd-",
            "etc/group", "etc/group-");
    /** Hashes of passwords that were (pam_unix(8)): nobody but the host's own passwd needs them. */
    private static final String FORMER = "etc/security/opasswd";
    private static final String HOST_KEYS = "etc/ssh";
    private static final String KEYS = "etc/ssl";
    private static final int DEEPEST = 6;
    private static final int READ_BY_OTHERS = 4;
    private static final int MOST_BYTES = 4 << 20;

    private final Mounts mounts;
    private final List<Tree> lowers;
    private final Tree layer;

    /**
     * Makes it of an empty directory of a file system in memory.
     *
     * @param lowers what it is to lie on, top first; stay the caller's
     */
    public static void fill(Kernel kernel, List<Fd> lowers, Fd layer) throws KernelException {
        new SecretsLayer(kernel.mounts(), lowers.stream().map(kernel.files()::tree).toList(), kernel.files().tree(layer)).fill();
    }

    /** @param lowers top first */
    private SecretsLayer(Mounts mounts, List<Tree> lowers, Tree layer) {
        this.mounts = mounts;
        this.lowers = lowers;
        this.layer = layer;
    }

    private void fill() throws KernelException {
        for (String directory : DIRECTORIES) {
            if (found(directory).filter(f -> f.identity().kind() == Kind.DIRECTORY).isPresent()) {
                like(directory);
                try (Fd made = layer.openPath(directory)) {
                    mounts.makeOpaque(made);
                }
            }
        }
        for (String file : PASSWORDS) {
            Optional<Found> found = found(file).filter(f -> f.identity().kind() == Kind.REGULAR);
            if (found.isPresent()) {
                passwords(file, found.get());
            }
        }
        if (found(FORMER).isPresent()) {
            hide(FORMER);
        }
        for (Tree lower : lowers) {
            if (exists(lower, HOST_KEYS)) {
                for (String name : lower.list(HOST_KEYS)) {
                    if (name.startsWith("ssh_host_")) {
                        hide(HOST_KEYS + "/" + name);
                    }
                }
            }
            keys(lower, KEYS, DEEPEST);
        }
    }

    /** One that has none is left to the layers below, whose changes are then seen. */
    private void passwords(String file, Found found) throws KernelException {
        byte[] text = found.in().read(file, MOST_BYTES);
        byte[] without = withoutHashes(text);
        if (!Arrays.equals(text, without)) {
            parents(file);
            layer.makeFile(file, found.identity().permissions(), without);
            layer.chown(file, found.identity().uid(), found.identity().gid());
            layer.chmod(file, found.identity().permissions());
        }
    }

    /** A key that everybody may read is no secret; any other file beside the certificates is taken for one. */
    private void keys(Tree lower, String directory, int depth) throws KernelException {
        if (depth == 0 || layer.exists(directory) && DIRECTORIES.contains(directory) || !exists(lower, directory)
                || lower.identity(directory).kind() != Kind.DIRECTORY) {
            return;
        }
        for (String name : lower.list(directory)) {
            String path = directory + "/" + name;
            FileIdentity found = lower.identity(path);
            if (found.kind() == Kind.DIRECTORY) {
                keys(lower, path, depth - 1);
            } else if (found.kind() == Kind.REGULAR && (found.permissions() & READ_BY_OTHERS) == 0) {
                hide(path);
            }
        }
    }

    private void hide(String path) throws KernelException {
        if (!layer.exists(path)) {
            parents(path);
            layer.makeCharacterDevice(path, 0, 0, 0); // a whiteout
        }
    }

    private record Found(Tree in, FileIdentity identity) {
    }

    /** The topmost lower that has it. */
    private Optional<Found> found(String path) throws KernelException {
        for (Tree lower : lowers) {
            if (exists(lower, path)) {
                return Optional.of(new Found(lower, lower.identity(path)));
            }
        }
        return Optional.empty();
    }

    private static boolean exists(Tree lower, String path) throws KernelException {
        try {
            return lower.exists(path);
        } catch (KernelException blocked) {
            if (blocked.errno() == Errno.ENOTDIR || blocked.errno() == Errno.ELOOP) {
                return false;
            }
            throw blocked;
        }
    }

    /** Directories on the way, with owner and mode as below: of a merged directory the topmost layer's count. */
    private void parents(String path) throws KernelException {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            like(path.substring(0, slash));
        }
    }

    private void like(String directory) throws KernelException {
        if (layer.exists(directory)) {
            return;
        }
        parents(directory);
        FileIdentity below = found(directory).orElseThrow(() -> new KernelException("hide", directory, Errno.ENOENT)).identity();
        layer.makeDirectory(directory, below.permissions());
        layer.chown(directory, below.uid(), below.gid());
        layer.chmod(directory, below.permissions());
    }

    /**
     * The second field of each line becomes {@code *}, {@code !} of an account that is locked (passwd(1): its hash stays behind that); as it is
     * where it lets nobody in anyway, or points to /etc/shadow ({@code x}).
     */
    static byte[] withoutHashes(byte[] text) {
        String all = RawText.decode(text);
        return RawText.encode(Arrays.stream(all.split("\n", -1)).map(line -> {
            String[] fields = line.split(":", -1);
            if (fields.length > 1 && !fields[1].matches("[!*]*|x")) {
                fields[1] = fields[1].startsWith("!") ? "!" : "*";
            }
            return String.join(":", fields);
        }).collect(Collectors.joining("\n")));
    }
}
