package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.FileSystem;
import overlayd.kernel.FileSystemInfo;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.MountTier;
import overlayd.kernel.Mounts;
import overlayd.kernel.OverlayMount;
import overlayd.kernel.Tree;

/** Files of a {@link ModelHost}; what lies below its real directory is real. */
final class ModelFiles implements Files {
    private final ModelKernel kernel;

    ModelFiles(ModelKernel kernel) {
        this.kernel = kernel;
    }

    ModelHost.Node find(String path) throws KernelException {
        return find(kernel.host.root, path);
    }

    /** With the mounts that the thread sees below {@code root}, and following links. */
    ModelHost.Node find(ModelHost.Node root, String path) throws KernelException {
        ModelHost.Mntns mounts = kernel.mounts.get();
        ModelHost.Node at = root;
        for (String name : names(path)) {
            ModelHost.Node next = at.children == null ? null : at.children.get(name);
            if (next == null) {
                throw new KernelException("open", path, Errno.ENOENT);
            }
            at = next.target.isEmpty() ? mounts.seen(next) : find(at, next.target);
        }
        return at;
    }

    static List<String> names(String path) {
        List<String> names = new ArrayList<>(List.of(path.split("/")));
        names.removeIf(String::isEmpty);
        return names;
    }

    private boolean isReal(String path) {
        return path.startsWith(kernel.host.runtime.toString()) && !path.startsWith(kernel.host.base.toString());
    }

    private Fd open(String path) throws KernelException {
        if (isReal(path)) {
            if (!java.nio.file.Files.exists(Path.of(path))) {
                throw new KernelException("open", path, Errno.ENOENT);
            }
            return kernel.fd(new ModelHost.Open(path, null));
        }
        return kernel.fd(new ModelHost.Open(path, path.equals("/dev/null") ? null : find(path)));
    }

    @Override
    public Fd openPath(String path) throws KernelException {
        return open(path);
    }

    @Override
    public Fd openDirectory(String path) throws KernelException {
        return open(path);
    }

    @Override
    public Fd openForReading(String path) throws KernelException {
        if (path.startsWith("/proc/")) {
            ModelHost.Process process = process(names(path));
            return kernel.fd(path.endsWith("/user") ? process.userns : process.netns);
        }
        return open(path);
    }

    @Override
    public Fd openPipe(String path) {
        return kernel.fd(new ModelMonitor.Pipe());
    }

    @Override
    public Fd openReadWrite(String path) throws KernelException {
        return path.startsWith("/proc/") ? kernel.fd(new ModelHost.Open(path, null)) : open(path);
    }

    @Override
    public Fd openForAppend(String path, int mode) throws KernelException {
        ModelKernel.create(Path.of(path));
        return open(path);
    }

    @Override
    public FileIdentity identity(Fd fd) {
        return identity(kernel.thing(ModelHost.Open.class, fd).node);
    }

    static FileIdentity identity(ModelHost.Node node) {
        return new FileIdentity(1, node.inode, node.kind, node.children == null ? 0644 : 0755, 0, 0, 1,
                node.content.length, 0, 5, false);
    }

    @Override
    public FileIdentity identity(String path) throws KernelException {
        return identity(find(path));
    }

    @Override
    public FileIdentity target(String path) throws KernelException {
        if (path.endsWith("/fd/1")) {
            return new FileIdentity(1, 1, Kind.FIFO, 0600, 0, 0, 1, 0, 0, 5, false); // pid 1's console
        }
        return identity(find(path));
    }

    @Override
    public FileSystemInfo fileSystem(String path) {
        return new FileSystemInfo(0xef53, 0);
    }

    @Override
    public FileSystemInfo fileSystem(Fd fd) {
        return new FileSystemInfo(0xef53, 0);
    }

    @Override
    public byte[] read(String path, int limit) throws KernelException {
        if (path.endsWith("/mountinfo")) {
            return new byte[0]; // no directory is looked for above another
        }
        if (path.equals("/proc/self/uid_map")) {
            return ModelHost.UID_MAP.getBytes(StandardCharsets.US_ASCII);
        }
        return path.startsWith("/proc/") ? proc(names(path)).getBytes(StandardCharsets.US_ASCII) : new byte[] {1};
    }

    /** Whose files in /proc those are. */
    private ModelHost.Process process(List<String> path) throws KernelException {
        ModelHost.Process process = kernel.host.processes.get(Integer.parseInt(path.get(1)));
        if (process == null) {
            throw new KernelException("read", String.join("/", path), Errno.ENOENT);
        }
        return process;
    }

    /** /proc/PID/status, cmdline, task/PID/children. */
    private String proc(List<String> path) throws KernelException {
        ModelHost.Process process = process(path);
        return switch (path.get(path.size() - 1)) {
            case "cmdline" -> process.role.equals("monitor") ? "/usr/lib/reaper\0--monitor\0" : "/.reaper\0web\0";
            case "uid_map", "gid_map" -> process.userns == null ? ModelHost.UID_MAP : process.userns.map;
            case "comm" -> (process.role.equals("init") ? kernel.host.initName : "reaper") + "\n";
            case "children" -> kernel.host.processes.values().stream().filter(child -> child.parent == process)
                    .map(child -> child.pid + " ").collect(Collectors.joining());
            default -> "Name:\tx\nState:\t" + (process.ended ? "Z (zombie)" : "S (sleeping)") + "\nPPid:\t"
                    + (process.parent instanceof ModelHost.Process parent ? parent.pid : 1) + "\nNSpid:\t" + process.pid
                    + (process.role.equals("init") ? "\t1" : "") + "\nCapBnd:\t00000000a80425fb\nSeccomp:\t2\n";
        };
    }

    @Override
    public Tree tree(Fd root) {
        return kernel.watch(Tree.class, new ModelTree(kernel, this, kernel.thing(ModelHost.Open.class, root).node));
    }
}
