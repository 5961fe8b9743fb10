package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import overlayd.config.ByteText;
import overlayd.failure.Diagnosis;
import overlayd.failure.RefusedException;
import overlayd.image.Bytes;
import overlayd.image.Content;
import overlayd.image.DamagedException;
import overlayd.image.PartitionTable;
import overlayd.image.Recognition;
import overlayd.kernel.Fd;
import overlayd.kernel.ImageMount;
import overlayd.kernel.ImageMount.Access;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;

/**
 * Mounts a disk in a file, or one of its partitions, in the mounts of a boot that is computing its values: what overlay-diskfile(8) is
 * asked by a configuration. Ends with the subhost. Any thread but a namespace worker.
 */
public final class Diskfiles {
    private static final int MOUNTINFO_LIMIT = 64 << 20;

    private final Kernel kernel;
    private final BootMounts boots;

    Diskfiles(Kernel kernel, BootMounts boots) {
        this.kernel = kernel;
        this.boots = boots;
    }

    /** Where something of the disk lies. */
    private record Place(Path disk, String type, long offset, long size) {
    }

    /**
     * Does what is asked, one after the other, in the mounts of the process {@code pid}: one of a configuration's commands.
     *
     * @throws RefusedException CONFIG: nothing was mounted
     */
    public synchronized void mount(int pid, DiskRequest request) throws RefusedException {
        try (Fd mounts = kernel.files().openForReading("/proc/" + pid + "/ns/mnt")) {
            if (!boots.has(mounts)) {
                throw refused("only a command of a configuration mounts anything, for a boot: LOWER=!overlay-diskfile ...");
            }
            Optional<RefusedException> failed = kernel.namespaces().<Optional<RefusedException>, KernelException>run(place -> {
                place.enterMounts(mounts);
                try {
                    mountHere(request);
                    return Optional.empty();
                } catch (RefusedException refused) {
                    return Optional.of(refused);
                }
            });
            if (failed.isPresent()) {
                throw failed.get();
            }
        } catch (KernelException failed) {
            throw refused(Diagnosis.of("mount image", ByteText.of(request.disk()), failed.errno(), failed.getMessage()).text());
        }
    }

    private void mountHere(DiskRequest request) throws RefusedException, KernelException {
        Place place = find(request);
        Optional<MountInfo> there = mounted(request, place);
        if (there.isPresent()) {
            if (request.access() == Access.READ_ONLY || there.get().writable()) {
                return;
            }
            // LOWER had it read-only, UPPER is to write to it: one mount for both.
            try (Fd old = kernel.files().openPath(there.get().mountPoint())) {
                kernel.mounts().detach(old);
            }
        }
        requireUnused(place, request.access(), there.map(MountInfo::source));
        Path point = there.map(mount -> ByteText.path(mount.mountPoint())).orElse(mountPoint(request));
        String disk = ByteText.of(place.disk());
        ImageMount image = new ImageMount(place.type(), place.offset(), place.size(), request.access());
        try (Fd file = request.access() == Access.READ_ONLY ? kernel.files().openForReading(disk) : kernel.files().openReadWrite(disk);
                Fd mount = kernel.mounts().image(file, disk, image); Fd target = kernel.files().openPath(ByteText.of(point))) {
            kernel.mounts().attach(mount, target);
        }
    }

    private static Place find(DiskRequest request) throws RefusedException {
        try {
            Path disk = request.disk().toRealPath();
            return Bytes.of(disk, bytes -> {
                try {
                    return find(request, disk, bytes);
                } catch (DamagedException damaged) {
                    throw new IOException(damaged.getMessage(), damaged);
                }
            });
        } catch (IOException failed) {
            throw refused(failed instanceof java.nio.file.NoSuchFileException ? "there is no file " + ByteText.of(request.disk())
                    : ByteText.of(request.disk()) + ": " + failed.getMessage());
        }
    }

    private static Place find(DiskRequest request, Path disk, Bytes bytes) throws IOException, DamagedException {
        if (request.index().isEmpty()) {
            return place(request, disk, bytes, new PartitionTable.Partition(0, 0, bytes.size()));
        }
        List<PartitionTable.Partition> partitions = PartitionTable.of(bytes).partitions();
        int index = request.index().get();
        if (index < 1 || index > partitions.size()) {
            String all = partitions.stream().map(p -> "(%d) number %d, %d MiB".formatted(partitions.indexOf(p) + 1, p.number(), p.size() >> 20))
                    .collect(Collectors.joining("; "));
            throw new ToldException("it has no partition " + index + ", but: " + all);
        }
        PartitionTable.Partition partition = partitions.get(index - 1);
        return place(request, disk, bytes.part(partition.offset(), partition.size()), partition);
    }

    /** Its message says all. */
    private static final class ToldException extends IOException {
        private static final long serialVersionUID = 1L;

        ToldException(String message) {
            super(message);
        }
    }

    private static Place place(DiskRequest request, Path disk, Bytes bytes, PartitionTable.Partition part) throws IOException {
        Content content = request.access() == Access.READ_WRITE && Recognition.of(bytes) instanceof Content.Unclean unclean ? unclean.fileSystem()
                : Recognition.of(bytes).forReading();
        if (content instanceof Content.FileSystem found) {
            return new Place(disk, found.type(), part.offset(), part.offset() == 0 ? 0 : part.size());
        }
        Content.Unusable unusable = (Content.Unusable) content;
        throw new ToldException("it" + (part.number() == 0 ? " " : "s partition number " + part.number() + " ") + unusable.what() + " ("
                + unusable.remedy().replace("FILE", ByteText.of(disk)) + ")");
    }

    /** The mount of that very part of that very file on the way to the path, made for an earlier key of the same configuration. */
    private Optional<MountInfo> mounted(DiskRequest request, Place place) throws KernelException {
        List<MountInfo> mounts = MountInfo.parseAll(kernel.files().read("/proc/thread-self/mountinfo", MOUNTINFO_LIMIT));
        for (Path point = request.path(); point != null; point = point.getParent()) {
            String name = ByteText.of(point);
            Optional<MountInfo> found = mounts.stream().filter(mount -> mount.mountPoint().equals(name) && isOf(mount, place))
                    .reduce((below, above) -> above);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(MountInfo mount, Place place) {
        return LoopDevices.named(mount.source()).filter(loop -> loop.offset() == place.offset() && loop.overlaps(place.disk(), place.offset(), place.size()))
                .isPresent();
    }

    /** Two that write, or one that writes under readers, would ruin the file system. */
    private static void requireUnused(Place place, Access access, Optional<String> own) throws RefusedException {
        Optional<LoopDevices.Used> other = LoopDevices.all().stream().filter(loop -> !own.equals(Optional.of(loop.name())))
                .filter(loop -> loop.overlaps(place.disk(), place.offset(), place.size())).filter(loop -> access == Access.READ_WRITE || loop.writable())
                .findFirst();
        if (other.isPresent()) {
            throw refused(ByteText.of(place.disk()) + " is in use by " + other.get().name() + ", " + (other.get().writable() ? "which writes to it"
                    : "which reads it, and this would write to it") + " (stop the other subhost, or take a copy of the file; losetup -l shows all)");
        }
    }

    /** The longest part of the path's directory that is there: below it is what the disk has. */
    private static Path mountPoint(DiskRequest request) throws RefusedException {
        Path point = request.mountable();
        while (!Files.isDirectory(point)) {
            point = point.getParent();
        }
        if (request.directory().startsWith(point)) {
            throw refused("there is no directory " + ByteText.of(request.mountable()) + " to mount on (make it: mkdir "
                    + ByteText.of(request.mountable()) + ")");
        }
        return point;
    }

    private static RefusedException refused(String why) {
        return new RefusedException(RefusedException.Kind.CONFIG, why);
    }
}
