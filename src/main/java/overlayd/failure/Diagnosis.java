package overlayd.failure;

import java.util.List;
import java.util.regex.Pattern;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.plan.Step;

/**
 * Turns "the kernel said no" into a {@link Failure} that an admin can act on: a table of known causes by step, errno and the kernel's
 * words; the first row that fits gives cause and remedy.
 */
public final class Diagnosis {
    private record Rule(Pattern step, Errno errno, Pattern words, String cause, String remedy) {
        boolean fits(String name, Errno number, String text) {
            return step.matcher(name).matches() && (errno == null || errno == number) && words.matcher(text).find();
        }
    }

    private static final List<Rule> RULES = List.of(
            rule("lock .*", Errno.EAGAIN, "", "another subhost, or another mount under overlayd's care, uses this directory",
                    "stop the other one (overlay-list), or give this subhost its own UPPER and WORK"),
            rule("lock .*|mount overlay|write file", Errno.EROFS, "", "the file system of UPPER and WORK is mounted read-only",
                    "remount it read-write, or put BASE on a writable file system"),
            rule("run .*", Errno.ETIMEDOUT, "", "it took longer than HOOK_TIMEOUT", "find out what it waits for, or raise HOOK_TIMEOUT"),
            rule("lock .*|bind root|run .*", Errno.ENOENT, "", "the path vanished after the configuration was checked", "make it again"),
            rule("(limit|make) devices", Errno.ENOENT, "", "the host has no such device",
                    "load its module (modprobe fuse, modprobe tun), or take it out of DEVICES"),
            rule("(limit|make) devices", Errno.ENODEV, "", "what DEVICES names is no device on the host", "correct DEVICES"),
            rule("make netns", Errno.EEXIST, "", "a network namespace of that name exists already and is not this subhost's",
                    "look with: ip netns pids NAME; remove it with: ip netns delete NAME; or choose another NAME"),
            rule("make cgroup", Errno.EBUSY, "subtree_control", "processes are in a cgroup2 group above, whose controllers cannot be handed down then",
                    "start overlayd outside of that group, or have its unit delegate a group without processes"),
            rule("make cgroup", Errno.ENODEV, "throttle|io\\.max", "IO names a disk that the kernel does not throttle", "name a whole disk (lsblk -d)"),
            rule("make cgroup", Errno.EOPNOTSUPP, "subtree_control", "a group above is threaded, and has no controllers to hand down",
                    "start overlayd outside of that group"),
            rule("plug (cable|vlan)", Errno.EEXIST, "", "an interface of that name exists already on the host",
                    "remove it with: ip link delete NAME; or choose another NAME"),
            rule("plug (cable|vlan)", Errno.ENODEV, "", "the bridge does not exist any more", "make the bridge, then boot again"),
            rule("plug (cable|vlan)", Errno.EOPNOTSUPP, "Unknown device type", "this kernel has no driver for that kind of interface",
                    "load it (modprobe 8021q for VLANs, modprobe veth for cables), or use a kernel that has it"),
            rule("plug (cable|vlan)", Errno.EOPNOTSUPP, "", "what is named as bridge is an interface that takes no ports",
                    "name a bridge (ip link add NAME type bridge)"),
            rule("plug (cable|vlan)", Errno.EINVAL, "", "what is named as bridge is no bridge", "name a bridge (ip link add NAME type bridge)"),
            rule("plug (cable|vlan)", Errno.EADDRNOTAVAIL, "", "the MAC address is not a unicast address",
                    "make the first byte even, 02 for a local one"),
            rule("bring up", Errno.EACCES, "", "IPv6 is switched off in new network namespaces",
                    "leave IPv6 addresses out, or set net.ipv6.conf.default.disable_ipv6=0 and net.ipv6.conf.all.disable_ipv6=0"),
            rule("bring up", Errno.ENETUNREACH, "", "a gateway lies in no network of the interface",
                    "correct GATEWAY, or name its interface: GATEWAY=eth0=ADDRESS"),
            rule("publish", Errno.EEXIST, "", "the port of the host is forwarded already", "publish another port (nft list ruleset shows who has it)"),
            rule("publish", Errno.EOPNOTSUPP, "", "this kernel has no nf_tables, or not all of it",
                    "modprobe nf_tables nft_chain_nat nft_nat nft_masq nft_fib_inet, or use a kernel that has them"),
            rule("make userns", Errno.EAGAIN, "taken", "another subhost has taken ids of this range", "boot again, or name another range"),
            rule("make userns", Errno.ENOSPC, "", "the host may have no more user namespaces", "raise user.max_user_namespaces (sysctl)"),
            rule("make userns", Errno.EINVAL, "", "this kernel has no user namespaces", "use a kernel that has them (CONFIG_USER_NS), or take USERNS out"),
            rule("make userns", Errno.EPERM, "", "something forbids user namespaces to root",
                    "look for a security module's message in the kernel log (dmesg); run overlayd outside of another container"),
            rule("map layers|bind root|share", Errno.EINVAL, "cannot map the ids", "a user namespace needs file systems whose ids can be mapped",
                    "put it on ext4, xfs or btrfs (tmpfs from Linux 6.3 on; no overlay, no network's), or take USERNS out"),
            rule("map layers|bind root|share", Errno.EPERM, "mapping of ids already", "it is reached through a mount that maps ids, which cannot be"
                    + " done twice", "name it as the file system itself has it"),
            rule("start init", Errno.EPERM, "failed at check", "pid 1 read back how it is confined, and the kernel tells of less than was asked for",
                    "report it, with the kernel's version: the subhost is not started before this is understood"),
            rule("start init", Errno.EPERM, "failed at proc", "a user namespace may mount /proc only where it sees a whole one, and the host's is covered"
                    + " in part", "run overlayd outside of another container, with nothing mounted below /proc, or take USERNS out"),
            rule("mount overlay", Errno.EINVAL, "same mount", "UPPER and WORK are on different mounts", "put both into one directory tree"),
            rule("mount overlay", Errno.EINVAL, "separate subtrees", "WORK lies inside UPPER, or UPPER inside WORK", "put them side by side"),
            rule("mount overlay", Errno.EINVAL, "stack", "overlays are stacked deeper than the kernel allows (2)",
                    "use the lowerdirs themselves instead of a mounted overlay"),
            rule("mount overlay", Errno.EINVAL, "upper fs|not supported as upperdir|upperdir", "the kernel refuses this file system for UPPER and WORK",
                    "put BASE on ext4, xfs, btrfs or tmpfs"),
            rule("mount overlay", Errno.EBUSY, "", "UPPER or WORK is in use by another overlay mount", "find it with: grep overlay /proc/*/mountinfo"),
            rule("mount overlay", Errno.ELOOP, "", "one directory occurs twice among the layers", "name every layer once"),
            rule("mount overlay", Errno.ENODEV, "", "this kernel has no overlayfs", "modprobe overlay"),
            rule("mount image", Errno.ENOENT, "loop", "loop devices are out of reach", "modprobe loop, and look for /dev/loop-control"),
            rule("mount image", Errno.ENODEV, "", "this kernel has no such file system", "load it (modprobe squashfs, erofs, ext4, xfs, btrfs or isofs)"),
            rule("mount image", Errno.ENOENT, "", "the image file vanished after the configuration was checked", "put it there again"),
            rule("mount image", Errno.EINVAL, "", "the kernel refuses what is in the image file: it is damaged, or made with a feature this kernel lacks",
                    "check it (e2fsck -n, unsquashfs -s, fsck.erofs), or make it anew"),
            rule("mount image", Errno.EUCLEAN, "", "the file system in the image file is damaged", "check it (e2fsck -n, unsquashfs -s, fsck.erofs)"),
            rule("mount image", Errno.EIO, "", "the file system in the image file is damaged, or the disk under it is",
                    "check it (e2fsck -n, unsquashfs -s, fsck.erofs), or take a good copy"),
            rule(".*", Errno.ENOSPC, "", "the file system is full", "free space or inodes there (df -h, df -i)"),
            rule(".*", Errno.EDQUOT, "", "the disk quota is used up", "raise the quota or free space"),
            rule(".*", Errno.EMFILE, "", "the daemon has too many files open", "raise LimitNOFILE of overlayd"),
            rule(".*", Errno.ENFILE, "", "the host has too many files open", "raise fs.file-max"),
            rule(".*", Errno.ENOMEM, "", "the host is out of memory", "free memory, or stop other subhosts"),
            rule(".*", Errno.EAGAIN, "", "a limit on processes was reached", "look at pids.max of overlayd's cgroup and at kernel.pid_max"),
            rule("start init", Errno.ENOENT, "", "the root has no /bin/sh, or not the C library it needs",
                    "check LOWER: it must hold a whole system"),
            rule("start init", Errno.EACCES, "", "the init of this subhost is not executable", "chmod +x it, and look for noexec mounts"),
            rule("start init", Errno.ENOEXEC, "", "the init is for another kind of machine, or no program", "check LOWER's architecture"),
            rule("(mount|bind|share).*", Errno.ENOTDIR, "", "a file stands where a directory is needed, or a directory where a file is needed",
                    "make both sides of the same kind"),
            rule("(mount|bind|share).*", Errno.ENOENT, "", "a path is missing", "make it, or correct the configuration"),
            rule("(mount|bind|share).*", Errno.ELOOP, "", "a directory that the subhost needs for mounting is a symbolic link",
                    "make it a real directory in UPPER or LOWER"),
            rule(".*", Errno.EPERM, "", "the daemon lacks a privilege", "run overlayd as root with all capabilities, outside of another container"),
            rule(".*", Errno.EACCES, "", "access was denied", "look for a security module's message in the kernel log (dmesg)"));

    private Diagnosis() {
    }

    /** A row of the table for overlayd-errors(7): step (a pattern), errno's name, cause, remedy. */
    public record Known(String step, String errno, String cause, String remedy) {
    }

    /** The table, in its order. */
    public static List<Known> known() {
        return RULES.stream().map(rule -> new Known(rule.step().pattern(), rule.errno().name(), rule.cause(), rule.remedy())).toList();
    }

    /** Every cause the table knows. */
    static List<String> causes() {
        return RULES.stream().map(Rule::cause).distinct().toList();
    }

    /** The failure of {@code step} by a refused system call. */
    public static Failure of(Step step, KernelException refused) {
        String words = refused.call() + " " + refused.subject() + (refused.kernelText().isEmpty() ? "" : ": " + refused.kernelText());
        Failure failure = of(step.name(), step.operands(), refused.errno(), words);
        return refused.call().equals(step.name()) ? failure.saying(unsaid(step, refused)) : failure;
    }

    /** What the message does not say yet, which begins with the step's name and its operands. */
    private static String unsaid(Step step, KernelException refused) {
        boolean said = plain(step.operands()).contains(plain(refused.subject()));
        return said ? refused.kernelText() : refused.subject() + (refused.kernelText().isEmpty() ? "" : ": " + refused.kernelText());
    }

    /** Without what quotes it, and what is quoted. */
    private static String plain(String text) {
        return text.replaceAll("\\\\x[0-9a-f]{2}|[\"\\\\\\p{Cntrl}]", "");
    }

    /** The failure of a step by name. @param words what the kernel, or a program, said */
    public static Failure of(String step, String operands, Errno errno, String words) {
        String name = errno == Errno.UNKNOWN ? "" : errno.name();
        return RULES.stream().filter(rule -> rule.fits(step, errno, words)).findFirst()
                .map(rule -> new Failure(step, operands, name, words, rule.cause(), rule.remedy(), true))
                .orElseGet(() -> new Failure(step, operands, name, words, errno == Errno.UNKNOWN ? "" : errno.meaning(), "", true));
    }

    private static Rule rule(String step, Errno errno, String words, String cause, String remedy) {
        return new Rule(Pattern.compile(step), errno, Pattern.compile(words), cause, remedy);
    }
}
