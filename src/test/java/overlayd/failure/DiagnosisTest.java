package overlayd.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.plan.CableStep;
import overlayd.plan.HostStep;
import overlayd.plan.InitStep;
import overlayd.plan.MountStep;
import overlayd.plan.PathFacts;
import overlayd.plan.RootStep;
import overlayd.plan.Step;

class DiagnosisTest {
    private static final Path DIR = Path.of("/srv/web/root");

    /** One step of each kind. */
    static final List<Step> STEPS = List.of(
            new HostStep.LockDirectory(DIR, "upperdir", Optional.empty()), new HostStep.LockDirectory(DIR, "workdir", Optional.empty()),
            new HostStep.OpenLog(DIR, PathFacts.Kind.ABSENT), new HostStep.MakeCgroup("g", overlayd.plan.Allowance.UNLIMITED), new HostStep.LimitDevices("g", List.of(DIR)),
            new HostStep.RunUpperScript(DIR, DIR, 5),
            new HostStep.MakeUserns(new overlayd.config.IdRange(100_000, 65_536)),
            new RootStep.MapLayers(new overlayd.config.IdRange(100_000, 65_536), List.of(DIR), Optional.of(DIR), Optional.of(DIR), DIR),
            new CableStep.MakeNetns("web", List.of(), "t"), new CableStep.PlugCable("web0", "eth0", Optional.empty(), Optional.empty(), "t"),
            new CableStep.PlugVlan("web0", "eth0", 5, Optional.empty()), new CableStep.BringUp(List.of("lo"), List.of(), List.of()), new CableStep.Ifup("web0"),
            new CableStep.KeepAddress("web", "eth0", "br0", List.of()), new CableStep.Publish(List.of()),
            new HostStep.WriteFile(DIR, "etc/x", ""), new RootStep.MountOverlay(List.of(DIR), DIR, DIR, DIR, Map.of()),
            new RootStep.MountImage(DIR, "squashfs", DIR, DIR), new RootStep.MountThrowAway("5M", DIR, DIR, ""),
            new RootStep.BindRoot(DIR, DIR), new MountStep.MountDev(), new MountStep.MakeConsole(), new RootStep.HideSecrets(List.of(DIR), DIR), new RootStep.CoverLower(DIR, DIR, DIR), new MountStep.MakeDevices(List.of(DIR)), new MountStep.MountSys(), new MountStep.MountRun("5M"),
            new MountStep.BindContent("/etc/hosts", ""), new MountStep.BindReaper(DIR),
            new MountStep.BindShare(DIR, "/mnt", MountStep.BindShare.Access.READ_ONLY),
            new MountStep.RunHook("PREMOUNT", List.of("x"), Map.of(), DIR, 5),
            new InitStep.StartInit(List.of("/sbin/init"), Map.of(), "web", overlayd.security.Confinement.DEFAULT, java.util.Optional.empty()), new InitStep.AwaitReady(List.of(), 5, InitStep.AwaitReady.Sign.REAPER, List.of(), 0));

    private record Case(String step, Errno errno, String words, String cause, String remedy) {
    }

    private static Case known(String step, Errno errno, String words, String cause, String remedy) {
        return new Case(step, errno, words, cause, remedy);
    }

    /** What an admin is to be told, as parts of the sentences. Every rule is reached by one of these. */
    private static final List<Case> CASES = List.of(
            known("lock upperdir", Errno.EAGAIN, "another process holds its lock", "another subhost", "overlay-list"),
            known("lock workdir", Errno.EROFS, "", "read-only", "remount it read-write"),
            known("mount overlay", Errno.EROFS, "", "read-only", "remount it read-write"),
            known("write file", Errno.EROFS, "", "read-only", "remount it read-write"),
            known("lock upperdir", Errno.ENOENT, "", "vanished", "make it again"),
            known("limit devices", Errno.ENOENT, "", "no such device", "modprobe"),
            known("make devices", Errno.ENODEV, "", "is no device", "DEVICES"),
            known("make netns", Errno.EEXIST, "", "exists already", "ip netns delete"),
            known("make cgroup", Errno.EBUSY, "write \"+memory\" to /sys/fs/cgroup/x/cgroup.subtree_control", "cannot be handed down", "outside"),
            known("make cgroup", Errno.EOPNOTSUPP, "write \"+memory\" to /x/cgroup.subtree_control", "threaded", "outside"),
            known("make cgroup", Errno.ENODEV, "write \"8:1 5\" to /x/blkio.throttle.read_bps_device", "does not throttle", "whole disk"),
            known("plug cable", Errno.EEXIST, "", "exists already on the host", "ip link delete"),
            known("bring up", Errno.EACCES, "", "IPv6 is switched off", "disable_ipv6"),
            known("bring up", Errno.ENETUNREACH, "", "no network of the interface", "GATEWAY"),
            known("publish", Errno.EEXIST, "", "forwarded already", "another port"),
            known("publish", Errno.EOPNOTSUPP, "", "no nf_tables", "modprobe"),
            known("plug vlan", Errno.ENODEV, "", "bridge does not exist", "make the bridge"),
            known("plug vlan", Errno.EOPNOTSUPP, "Unknown device type", "no driver", "modprobe 8021q"),
            known("plug cable", Errno.EOPNOTSUPP, "Device does not support enslaving", "takes no ports", "ip link add NAME type bridge"),
            known("plug cable", Errno.EINVAL, "", "no bridge", "type bridge"),
            known("plug cable", Errno.EADDRNOTAVAIL, "", "not a unicast", "first byte even"),
            known("make userns", Errno.EAGAIN, "another subhost has taken them", "taken ids", "boot again"),
            known("make userns", Errno.ENOSPC, "", "no more user namespaces", "max_user_namespaces"),
            known("make userns", Errno.EINVAL, "", "no user namespaces", "CONFIG_USER_NS"),
            known("make userns", Errno.EPERM, "", "forbids", "dmesg"),
            known("map layers", Errno.EINVAL, "this kernel cannot map the ids of tmpfs", "can be mapped", "6.3"),
            known("share", Errno.EINVAL, "this kernel cannot map the ids of nfs, or of what is mounted below it", "can be mapped", "ext4"),
            known("map layers", Errno.EPERM, "it is a mount with a mapping of ids already", "twice", "file system itself"),
            known("start init", Errno.EPERM, "pid 1 failed at check", "read back", "kernel's version"),
            known("start init", Errno.EPERM, "pid 1 failed at proc", "covered in part", "outside of another container"),
            known("mount overlay", Errno.EINVAL, "workdir and upperdir must reside under the same mount", "different mounts", "one directory tree"),
            known("mount overlay", Errno.EINVAL, "workdir and upperdir must be separate subtrees", "inside", "side by side"),
            known("mount overlay", Errno.EINVAL, "maximum fs stacking depth exceeded", "stacked deeper", "lowerdirs themselves"),
            known("mount overlay", Errno.EINVAL, "filesystem on upperdir not supported as upperdir", "refuses this file system", "ext4"),
            known("mount overlay", Errno.EBUSY, "", "in use by another overlay", "mountinfo"),
            known("mount overlay", Errno.ELOOP, "", "occurs twice", "once"),
            known("mount overlay", Errno.ENODEV, "", "no overlayfs", "modprobe overlay"),
            known("mount image", Errno.ENOENT, "open /dev/loop-control for", "loop devices", "modprobe loop"),
            known("mount image", Errno.ENODEV, "", "no such file system", "modprobe squashfs"),
            known("mount image", Errno.ENOENT, "", "vanished", "put it there"),
            known("mount image", Errno.EINVAL, "", "refuses what is in the image", "make it anew"),
            known("mount image", Errno.EUCLEAN, "", "is damaged", "e2fsck"),
            known("mount image", Errno.EIO, "", "or the disk under it", "good copy"),
            known("write file", Errno.ENOSPC, "", "full", "df -h"),
            known("open log", Errno.EDQUOT, "", "quota", "raise the quota"),
            known("make netns", Errno.EMFILE, "", "too many files open", "LimitNOFILE"),
            known("start init", Errno.ENFILE, "", "host has too many files", "fs.file-max"),
            known("make cgroup", Errno.ENOMEM, "", "out of memory", "free memory"),
            known("run PREMOUNT", Errno.ETIMEDOUT, "took too long and was killed", "longer than HOOK_TIMEOUT", "raise HOOK_TIMEOUT"),
            known("start init", Errno.EAGAIN, "", "limit on processes", "pids.max"),
            known("start init", Errno.ENOENT, "", "no /bin/sh", "check LOWER"),
            known("start init", Errno.EACCES, "", "not executable", "chmod +x"),
            known("start init", Errno.ENOEXEC, "", "another kind of machine", "architecture"),
            known("share", Errno.ENOTDIR, "", "a file stands where", "same kind"),
            known("bind /etc/hosts", Errno.ENOENT, "", "path is missing", "make it"),
            known("mount /dev", Errno.ELOOP, "", "symbolic link", "real directory"),
            known("make netns", Errno.EPERM, "", "lacks a privilege", "run overlayd as root"),
            known("open log", Errno.EACCES, "", "denied", "dmesg"));

    @TestFactory
    Stream<DynamicTest> known_causes() {
        return CASES.stream().map(c -> DynamicTest.dynamicTest(c.step() + " " + c.errno() + " " + c.words(), () -> {
            Failure failure = Diagnosis.of(c.step(), "operand", c.errno(), c.words());
            assertTrue(failure.cause().contains(c.cause()), failure.cause());
            assertTrue(failure.remedy().contains(c.remedy()), failure.remedy());
            assertEquals(c.errno().name(), failure.errnoName());
        }));
    }

    @Test
    void every_rule_is_reached() {
        Set<String> causes = new HashSet<>();
        CASES.forEach(c -> causes.add(Diagnosis.of(c.step(), "", c.errno(), c.words()).cause()));
        List<String> unreached = new ArrayList<>(Diagnosis.causes());
        unreached.removeAll(causes);
        assertEquals(List.of(), unreached);
    }

    @Test
    void every_kind_of_step_is_in_this_test() {
        Set<Class<?>> kinds = kinds(Step.class).collect(Collectors.toSet());
        assertTrue(kinds.contains(MountStep.MountDev.class));
        STEPS.forEach(step -> kinds.remove(step.getClass()));
        assertEquals(Set.of(), kinds);
    }

    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed() ? Stream.of(family.getPermittedSubclasses()).flatMap(DiagnosisTest::kinds) : Stream.of(family);
    }

    @Test
    void every_step_with_every_errno_has_a_cause_and_says_its_step_and_operands() {
        for (Step step : STEPS) {
            for (Errno errno : Errno.values()) {
                Failure failure = Diagnosis.of(step, new KernelException("call", "subject", errno, "words"));
                assertFalse(errno != Errno.UNKNOWN && failure.cause().isEmpty(), step.name() + " " + errno);
                assertEquals(step.name(), failure.step());
                assertEquals(step.operands(), failure.operands());
                assertTrue(failure.kernelMessage().contains("words"));
                assertFalse(failure.cause().endsWith(".") || failure.remedy().endsWith("."), failure.text());
            }
        }
    }

    @Test
    void a_step_that_names_itself_is_named_once() {
        MountStep hook = new MountStep.RunHook("PREMOUNT", List.of("/bin/sh", "-c", "sleep \"77\""), Map.of(), Path.of("/"), 1);
        Failure failure = Diagnosis.of(hook, new KernelException("run PREMOUNT", "/bin/sh -c sleep \"77\"", Errno.UNKNOWN, "exited with status 3"));
        assertEquals("run PREMOUNT /bin/sh -c \"sleep \\x2277\\x22\" (at most 1 s) failed: exited with status 3", failure.text().lines().findFirst().orElseThrow());
        Failure other = Diagnosis.of(hook, new KernelException("run PREMOUNT", "/etc/passwd", Errno.EACCES));
        assertEquals("/etc/passwd", other.kernelMessage());
    }

    @Test
    void what_is_no_errno_is_not_called_one() {
        Failure failure = Diagnosis.of(STEPS.get(0), new KernelException("run PREMOUNT", "x", Errno.UNKNOWN, "exited with status 3"));
        assertEquals("", failure.errnoName());
        assertFalse(failure.text().contains("UNKNOWN"), failure.text());
        assertTrue(failure.text().contains("exited with status 3"), failure.text());
    }
}
