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

/** Files of a {@link ModelHost}; what lies below its real directory is real. An overlay shows its upperdir only. */
final class ModelFiles implements Files {
    private final ModelKernel kernel;

    ModelFiles(ModelKernel kernel) {
        this.kernel = kernel;
    }

    private ModelHost.Node find(String path) throws KernelException {
        ModelHost.Node at = kernel.host.root;
        for (String name : names(path)) {
            at = at.children == null ? null : at.children.get(name);
            if (at == null) {
                throw new KernelException("open", path, Errno.ENOENT);
            }
        }
        return at;
    }

    static List<String> names(String path) {
        List<String> names = new ArrayList<>(List.of(path.split("/")));
        names.removeIf(String::isEmpty);
        return names;
    }

    private boolean isReal(String path) {
        return path.startsWith(kernel.host.runtime.toString());
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
        return open(path);
    }

    @Override
    public Fd openPipe(String path) {
        return kernel.fd(new ModelMonitor.Pipe());
    }

    @Override
    public Fd openReadWrite(String path) throws KernelException {
        return open(path);
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

    private static FileIdentity identity(ModelHost.Node node) {
        return new FileIdentity(1, node.inode, node.children == null ? Kind.REGULAR : Kind.DIRECTORY, node.children == null ? 0644 : 0755, 0, 0, 1,
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

    /** /proc/PID/status, cmdline, task/PID/children. */
    private String proc(List<String> path) throws KernelException {
        ModelHost.Process process = kernel.host.processes.get(Integer.parseInt(path.get(1)));
        if (process == null) {
            throw new KernelException("read", String.join("/", path), Errno.ENOENT);
        }
        return switch (path.get(path.size() - 1)) {
            case "cmdline" -> process.role.equals("monitor") ? "/usr/lib/reaper\0--monitor\0" : "/.reaper\0web\0";
            case "uid_map" -> ModelHost.UID_MAP;
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
        return kernel.watch(Tree.class, new ModelTree(kernel.thing(ModelHost.Open.class, root).node));
    }

    private final class ModelTree implements Tree {
        private final ModelHost.Node root;

        ModelTree(ModelHost.Node root) {
            this.root = root;
        }

        private ModelHost.Node at(String path) throws KernelException {
            ModelHost.Node at = root;
            for (String name : names(path)) {
                at = at.children == null ? null : at.children.get(name);
                if (at == null) {
                    throw new KernelException("open", path, Errno.ENOENT);
                }
            }
            return at;
        }

        private ModelHost.Node above(String path) throws KernelException {
            List<String> names = names(path);
            return at(String.join("/", names.subList(0, names.size() - 1)));
        }

        private static String last(String path) {
            List<String> names = names(path);
            return names.get(names.size() - 1);
        }

        private void add(String path, ModelHost.Node node) throws KernelException {
            if (above(path).children.putIfAbsent(last(path), node) != null) {
                throw new KernelException("make", path, Errno.EEXIST);
            }
        }

        @Override
        public Fd openPath(String path) throws KernelException {
            return kernel.fd(new ModelHost.Open(path, at(path)));
        }

        @Override
        public Fd openPlace(String path) throws KernelException {
            return openPath(path);
        }

        @Override
        public Fd openForReading(String path) throws KernelException {
            return openPath(path);
        }

        @Override
        public byte[] read(String path, int limit) throws KernelException {
            return at(path).content;
        }

        @Override
        public FileIdentity identity(String path) throws KernelException {
            return ModelFiles.identity(at(path));
        }

        @Override
        public boolean exists(String path) throws KernelException {
            try {
                at(path);
                return true;
            } catch (KernelException absent) {
                return false;
            }
        }

        @Override
        public String readLink(String path) throws KernelException {
            throw new KernelException("read link", path, Errno.EINVAL);
        }

        @Override
        public List<String> list(String path) throws KernelException {
            return List.copyOf(at(path).children.keySet());
        }

        @Override
        public void makeDirectory(String path, int mode) throws KernelException {
            add(path, ModelHost.Node.directory());
        }

        @Override
        public List<String> makeDirectories(String path, int mode) throws KernelException {
            List<String> made = new ArrayList<>();
            String part = "";
            for (String name : names(path)) {
                part = part.isEmpty() ? name : part + "/" + name;
                if (!exists(part)) {
                    makeDirectory(part, mode);
                    made.add(part);
                }
            }
            return made;
        }

        @Override
        public Fd createFile(String path, int mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void rename(String from, String to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public java.time.Instant modified(String path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setModified(String path, java.time.Instant time) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void makeCharacterDevice(String path, int mode, int major, int minor) throws KernelException {
            add(path, ModelHost.Node.file());
        }

        @Override
        public void makeBlockDevice(String path, int mode, int major, int minor) throws KernelException {
            add(path, ModelHost.Node.file());
        }

        @Override
        public void makeSymlink(String target, String path) throws KernelException {
            add(path, ModelHost.Node.file());
        }

        @Override
        public void makeFile(String path, int mode, byte[] content) throws KernelException {
            ModelHost.Node file = ModelHost.Node.file();
            file.content = content;
            add(path, file);
        }

        @Override
        public void removeFile(String path) throws KernelException {
            at(path);
            above(path).children.remove(last(path));
        }

        @Override
        public void removeDirectory(String path) throws KernelException {
            if (!at(path).children.isEmpty()) {
                throw new KernelException("remove", path, Errno.ENOTEMPTY);
            }
            above(path).children.remove(last(path));
        }

        @Override
        public void chmod(String path, int mode) {
            // modes are no part of the model
        }

        @Override
        public void chown(String path, int uid, int gid) {
            // nor owners
        }
    }

    /** Mounts: a new one is a new empty directory, an overlay is its upperdir, and where it is attached does not matter here. */
    static final class Mounting implements Mounts {
        private final ModelKernel kernel;

        Mounting(ModelKernel kernel) {
            this.kernel = kernel;
        }

        @Override
        public MountTier tier() {
            return MountTier.FD;
        }

        @Override
        public void makeAllPrivate() {
            // nothing travels in the model
        }

        @Override
        public Fd overlay(OverlayMount overlay, String live) throws KernelException {
            return kernel.fd(new ModelHost.Open(live, new ModelFiles(kernel).find(overlay.upperdir())));
        }

        @Override
        public Fd make(FileSystem fileSystem) {
            return kernel.fd(new ModelHost.Open(fileSystem.type(), ModelHost.Node.directory()));
        }

        @Override
        public Fd image(Fd file, String path, overlayd.kernel.ImageMount image) {
            return kernel.fd(new ModelHost.Open(path, ModelHost.Node.directory()));
        }

        @Override
        public Fd copy(Fd source, Extent extent) {
            ModelHost.Open of = kernel.thing(ModelHost.Open.class, source);
            return kernel.fd(new ModelHost.Open(of.path, of.node));
        }

        @Override
        public void addFlags(Fd mount, Extent extent, Set<MountFlag> flags) {
            kernel.thing(mount);
        }

        @Override
        public void mapIds(Fd mount, Extent extent, Fd userns) {
            kernel.thing(mount);
        }

        @Override
        public void attach(Fd mount, Fd target) {
            kernel.thing(mount);
            kernel.thing(target);
        }

        @Override
        public void detach(Fd mount) {
            kernel.thing(mount);
        }

        @Override
        public void makeOpaque(Fd directory) {
        }

        @Override
        public boolean opaque(Fd directory) {
            return false;
        }
    }
}
