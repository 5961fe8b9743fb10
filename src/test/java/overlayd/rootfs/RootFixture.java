package overlayd.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.MountTier;
import overlayd.kernel.Workplace;
import overlayd.kernel.jna.LinuxKernel;
import overlayd.kernel.jna.LinuxMounts;
import overlayd.plan.RootStep;

/** A base directory with a small lowerdir, a kernel, and a look at the host before and after. */
final class RootFixture implements AutoCloseable {
    final Path base;
    final LinuxKernel kernel;
    final LinuxMounts mounts;
    private final List<MountInfo> before;

    RootFixture(Optional<MountTier> tier) throws Exception {
        kernel = LinuxKernel.open();
        mounts = new LinuxMounts(tier);
        before = mountsOfHost();
        base = Files.createTempDirectory("overlayd-rootfs-");
        for (String name : List.of("lower/etc", "lower/dev", "lower/usr/bin", "upper", "work", "live")) {
            Files.createDirectories(base.resolve(name));
        }
        Files.writeString(base.resolve("lower/etc/hostname"), "lower\n");
        Files.writeString(base.resolve("lower/etc/hosts"), "lower\n");
        Files.createSymbolicLink(base.resolve("lower/etc/resolv.conf"), Path.of("../run/resolvconf/resolv.conf"));
    }

    /** What a test does on the worker, with its mount namespace unshared. */
    interface Work {
        void run(RootBuilder builder, Workplace workplace) throws Exception;
    }

    /** Runs {@code work} in a new netns and mount namespace. */
    void inNamespaces(Work work) throws Exception {
        kernel.namespaces().<Void, Exception>run(workplace -> {
            workplace.unshareNet();
            workplace.unshareMounts();
            try (RootBuilder builder = new RootBuilder(kernel, mounts)) {
                work.run(builder, workplace);
            }
            return null;
        });
    }

    Path at(String name) {
        return base.resolve(name);
    }

    Path live(String name) {
        return base.resolve("live").resolve(name);
    }

    RootStep.MountOverlay overlay() {
        return new RootStep.MountOverlay(List.of(at("lower")), at("upper"), at("work"), at("live"), Map.of("redirect_dir", "on"));
    }

    /** A file below live as text, read on the calling thread. */
    String text(String name) throws KernelException {
        return new String(kernel.files().read(live(name).toString(), 1 << 20), StandardCharsets.UTF_8);
    }

    /** The topmost mount on a directory of live, in the calling thread's namespace. */
    MountInfo mountOn(String name) throws KernelException {
        String path = live(name).toString().replaceAll("/$", "");
        return MountInfo.parseAll(kernel.files().read("/proc/thread-self/mountinfo", 1 << 20)).stream()
                .filter(mount -> mount.mountPoint().equals(path)).reduce((first, second) -> second).orElseThrow();
    }

    private List<MountInfo> mountsOfHost() throws KernelException {
        return MountInfo.parseAll(kernel.files().read("/proc/self/mountinfo", 1 << 20));
    }

    @Override
    public void close() throws IOException, KernelException {
        List<MountInfo> after = mountsOfHost();
        kernel.close();
        try (Stream<Path> all = Files.walk(base)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        // Others may mount on the same host meanwhile: what is ours bears our directory's name.
        List<MountInfo> left = after.stream().filter(mount -> !before.contains(mount) && mount.toString().contains(base.toString())).toList();
        if (!left.isEmpty()) {
            throw new AssertionError("left mounted on the host: " + left);
        }
    }
}
