package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.config.IdRange;
import overlayd.failure.Diagnosis;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts.Extent;
import overlayd.kernel.Packet;
import overlayd.kernel.Pidfd;
import overlayd.rootfs.IdMapping;
import overlayd.rootfs.PathReader;
import overlayd.rootfs.Shares;

/**
 * A file or directory of the host that a running subhost is to see, until it ends. The mount is made on the host and handed to the
 * {@link ShareHelper}, which attaches it.
 *
 * @param host   absolute, on the host
 * @param target absolute, in the subhost; made where it is missing. No link in it is followed
 */
public record LiveShare(Path host, Path target, boolean readOnly) {
    /** @param registry of all whose roots may write what is shared */
    void carryOut(Kernel kernel, Path reaper, Subhost subhost, Registry registry) throws RefusedException {
        try {
            SharedPath source = lookUp(new Written(kernel, registry, new PathReader(kernel.files()), Optional.empty()));
            Pidfd init = subhost.init().orElseThrow(() -> new KernelException("share", subhost.name(), Errno.ESRCH, "the subhost has ended"));
            Optional<IdRange> ids = IdRanges.of(kernel, init.pid());
            Optional<Fd> userns = ids.isPresent() ? Optional.of(kernel.files().openForReading("/proc/" + init.pid() + "/ns/user")) : Optional.empty();
            try (Tree tree = copy(kernel, source, ids.map(range -> new IdMapping(userns.orElseThrow(), range)))) {
                if (init.hasEnded()) {
                    throw new KernelException("share", subhost.name(), Errno.ESRCH, "the subhost has ended"); // and the number may be another's
                }
                if (!readOnly) {
                    subhost.note(record -> record.writing(ByteText.of(source.real()))); // before it does
                }
                attach(new ShareHelper(kernel, reaper), init, tree, ids);
            } finally {
                userns.ifPresent(Fd::close);
            }
        } catch (KernelException refused) {
            throw RefusedException.step(Diagnosis.of("share", ByteText.of(host) + " on " + ByteText.of(target), refused.errno(), refused.getMessage()));
        }
    }

    private SharedPath lookUp(Written written) throws KernelException {
        try {
            SharedPath path = SharedPath.of(host, written);
            if (path.link().isPresent()) {
                throw new KernelException("share", ByteText.of(host), Errno.ELOOP, ByteText.of(path.link().get().file())
                        + " is a link that the root of subhost " + path.link().get().subhost() + " can change");
            }
            return path;
        } catch (IOException unreadable) {
            return new SharedPath(host, Optional.empty()); // told where it is opened, without following a link
        }
    }

    /** A detached mount. */
    private record Tree(Fd mount, boolean directory) implements AutoCloseable {
        @Override
        public void close() {
            mount.close();
        }
    }

    /** Copied in a private copy of the host's mounts, so that nothing mounted later on either side is seen on the other. */
    private Tree copy(Kernel kernel, SharedPath path, Optional<IdMapping> ids) throws KernelException {
        Set<MountFlag> flags = readOnly ? EnumSet.of(MountFlag.NO_DEVICES, MountFlag.READ_ONLY) : EnumSet.of(MountFlag.NO_DEVICES);
        return kernel.namespaces().<Tree, KernelException>run(place -> {
            place.unshareMounts();
            try (Fd source = Shares.openWithoutLinks(kernel.files(), ByteText.of(path.real()))) {
                boolean directory = kernel.files().identity(source).kind() == FileIdentity.Kind.DIRECTORY;
                Fd mount = ids.isEmpty() ? kernel.mounts().copy(source, Extent.WITH_SUBMOUNTS)
                        : ids.get().copy(kernel, source, Extent.WITH_SUBMOUNTS, ByteText.of(host));
                try {
                    kernel.mounts().addFlags(mount, Extent.WITH_SUBMOUNTS, flags);
                    return new Tree(mount, directory);
                } catch (KernelException refused) {
                    mount.close();
                    throw refused;
                }
            }
        });
    }

    private void attach(ShareHelper helper, Pidfd init, Tree tree, Optional<IdRange> ids) throws KernelException {
        Packet.Builder share = Packet.of("SHARE").with("path", ByteText.of(target).substring(1));
        ids.ifPresent(range -> share.with("idstart", range.start()).with("idcount", range.count()));
        if (tree.directory()) {
            share.with("directory", 1);
        }
        helper.ask("share", ByteText.of(target), share.withFds(List.of("pidfd", "tree")).build(), List.of(init.fd(), tree.mount()));
    }
}
