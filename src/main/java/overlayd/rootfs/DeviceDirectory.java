package overlayd.rootfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.FileSystem;
import overlayd.kernel.Files;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountFlag;
import overlayd.kernel.Mounts;
import overlayd.kernel.Tree;

/**
 * A subhost's /dev: an own tmpfs with the nodes every program expects and no other, shm, and a devpts instance of its own. It is
 * filled while still detached, so that nobody in the root can interfere, then attached, then shm and pts are mounted into it (the
 * kernel takes no mount on a detached one before 6.15).
 *
 * <p>{@code console} is a node of null's kind: whatever an init or a service writes there is accepted and dropped, it is no
 * terminal, and the host's console stays out of reach. (A pty, as systemd-nspawn and LXC bind there, would need somebody to drain
 * it for ever; the console proper is pid 1's standard output, which the monitor logs.)
 */
public final class DeviceDirectory {
    /** What every subhost opens: null zero full random urandom, its controlling terminal, /dev/ptmx and the terminals of a devpts. */
    public static final List<DeviceRule> HARMLESS = List.of(DeviceRule.character(1, 3), DeviceRule.character(1, 5), DeviceRule.character(1, 7),
            DeviceRule.character(1, 8), DeviceRule.character(1, 9), DeviceRule.character(5, 0), DeviceRule.character(5, 2),
            DeviceRule.character(136, DeviceRule.ANY));
    private static final Set<Kind> DEVICE = Set.of(Kind.BLOCK_DEVICE, Kind.CHARACTER_DEVICE);
    private static final int ALL = 0666;
    /** Debian's group tty, fixed by base-passwd and the same number in every distribution that follows the LSB. */
    private static final int TTY_GROUP = 5;
    private static final String[] LINKS = {
        "fd", "/proc/self/fd", "stdin", "/proc/self/fd/0", "stdout", "/proc/self/fd/1", "stderr", "/proc/self/fd/2", "ptmx", "pts/ptmx"};

    private final Mounts mounts;
    private final Files files;
    private final int shift;

    /** @param shift the host's id of the subhost's root */
    DeviceDirectory(Mounts mounts, Files files, int shift) {
        this.mounts = mounts;
        this.files = files;
        this.shift = shift;
    }

    void mountOn(Root root) throws KernelException {
        // No noexec: programs map /dev/zero executable. Room for links and directories only; data belongs on shm.
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mode", "755");
        options.put("size", "4m");
        options.put("nr_inodes", "64k");
        try (Fd place = root.place("dev");
             Fd dev = mounts.make(new FileSystem("tmpfs", options, Set.of(MountFlag.NO_SUID)))) {
            Tree tree = files.tree(dev);
            fill(tree);
            Root.attach(mounts, dev, place, "/dev");
            mountShm(tree);
            mountPts(tree);
        }
    }

    private static void fill(Tree tree) throws KernelException {
        tree.makeCharacterDevice("null", ALL, 1, 3);
        tree.makeCharacterDevice("zero", ALL, 1, 5);
        tree.makeCharacterDevice("full", ALL, 1, 7);
        tree.makeCharacterDevice("random", ALL, 1, 8);
        tree.makeCharacterDevice("urandom", ALL, 1, 9);
        tree.makeCharacterDevice("tty", ALL, 5, 0);
        tree.makeCharacterDevice("console", 0600, 1, 3);
        for (int i = 0; i < LINKS.length; i += 2) {
            tree.makeSymlink(LINKS[i + 1], LINKS[i]);
        }
        tree.makeDirectory("pts", 0755);
        tree.makeDirectory("shm", 01777);
    }

    /** A node of the host's device, at the same place; links of the host are followed, as udev makes many. */
    void add(Tree dev, Path device) throws KernelException {
        FileIdentity host = ofHost(files, device);
        DeviceRule number = DeviceRule.of(host);
        String place = Path.of("/dev").relativize(device).toString();
        int slash = place.lastIndexOf('/');
        if (slash > 0) {
            dev.makeDirectories(place.substring(0, slash), 0755);
        }
        if (dev.exists(place)) {
            return; // one that every subhost has, or a name twice in DEVICES
        }
        if (number.block()) {
            dev.makeBlockDevice(place, host.permissions(), number.major(), number.minor());
        } else {
            dev.makeCharacterDevice(place, host.permissions(), number.major(), number.minor());
        }
        dev.chown(place, shift + host.uid(), shift + host.gid());
    }

    /** What a control group may open for {@code device} of the host to work; of a directory, the devices that are in it now. */
    public static List<DeviceRule> rules(Files files, Path device) throws KernelException {
        if (files.target(ByteText.of(device)).kind() != Kind.DIRECTORY) {
            return List.of(DeviceRule.of(ofHost(files, device)));
        }
        List<DeviceRule> rules = new ArrayList<>();
        try (Fd fd = files.openPath(ByteText.of(device))) {
            Tree tree = files.tree(fd);
            for (String name : tree.list("")) {
                FileIdentity found = tree.identity(name);
                if (DEVICE.contains(found.kind())) {
                    rules.add(DeviceRule.of(found));
                }
            }
        }
        return rules;
    }

    /** The host's device; links are followed. ENOENT; ENODEV: it is something else. */
    private static FileIdentity ofHost(Files files, Path device) throws KernelException {
        FileIdentity host = files.target(ByteText.of(device));
        if (!DEVICE.contains(host.kind())) {
            throw new KernelException("look at device", device, Errno.ENODEV, "it is no device on the host");
        }
        return host;
    }

    private void mountShm(Tree tree) throws KernelException {
        FileSystem shm = new FileSystem("tmpfs", Map.of("mode", "1777"), Set.of(MountFlag.NO_SUID, MountFlag.NO_DEVICES));
        try (Fd place = tree.openPlace("shm"); Fd mount = mounts.make(shm)) {
            Root.attach(mounts, mount, place, "/dev/shm");
        }
    }

    private void mountPts(Tree tree) throws KernelException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("ptmxmode", "666");
        options.put("mode", "620");
        options.put("gid", Integer.toString(shift + TTY_GROUP));
        // Every devpts mounted since 4.7 is an instance of its own.
        FileSystem devpts = new FileSystem("devpts", options, Set.of(MountFlag.NO_SUID, MountFlag.NO_EXECUTION));
        try (Fd place = tree.openPlace("pts"); Fd mount = mounts.make(devpts)) {
            Root.attach(mounts, mount, place, "/dev/pts");
            if (shift != 0) {
                // Of a devpts the mounter's root is the owner; a slave is whose who opens it.
                tree.chown("pts", shift, shift);
                tree.chown("pts/ptmx", shift, shift);
            }
        }
    }
}
