package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.KernelException;
import overlayd.kernel.Tree;

/** Files below one node of a {@link ModelHost}. */
final class ModelTree implements Tree {
    private final ModelKernel kernel;
    private final ModelFiles files;
    private final ModelHost.Node root;

    ModelTree(ModelKernel kernel, ModelFiles files, ModelHost.Node root) {
        this.kernel = kernel;
        this.files = files;
        this.root = root;
    }

    private ModelHost.Node at(String path) throws KernelException {
        return files.find(root, path);
    }

    /** A link itself. */
    private ModelHost.Node there(String path) throws KernelException {
        ModelHost.Node link = ModelFiles.names(path).isEmpty() ? null : above(path).children.get(last(path));
        return link != null && !link.target.isEmpty() ? link : at(path);
    }

    private ModelHost.Node above(String path) throws KernelException {
        List<String> names = ModelFiles.names(path);
        return at(String.join("/", names.subList(0, names.size() - 1)));
    }

    private static String last(String path) {
        List<String> names = ModelFiles.names(path);
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
        return ModelFiles.identity(there(path));
    }

    @Override
    public boolean exists(String path) throws KernelException {
        try {
            there(path);
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
        for (String name : ModelFiles.names(path)) {
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
        add(path, ModelHost.Node.device(Kind.CHARACTER_DEVICE));
    }

    @Override
    public void makeBlockDevice(String path, int mode, int major, int minor) throws KernelException {
        add(path, ModelHost.Node.device(Kind.BLOCK_DEVICE));
    }

    @Override
    public void makeSymlink(String target, String path) throws KernelException {
        add(path, ModelHost.Node.link(target));
    }

    @Override
    public void makeFile(String path, int mode, byte[] content) throws KernelException {
        ModelHost.Node file = ModelHost.Node.file();
        file.content = content;
        add(path, file);
    }

    @Override
    public void makeFile(String path, int mode, Fd content, int limit) throws KernelException {
        makeFile(path, mode, new byte[0]);
    }

    @Override
    public void removeFile(String path) throws KernelException {
        there(path);
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
