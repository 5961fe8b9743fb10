package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.Controller;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.kernel.OutOfMemory;
import overlayd.kernel.ResourceLimits;

/** Which file gets which text, in directories that look like cgroup file systems. */
class CgroupLimitsTest {
    private static final ResourceLimits ALL = new ResourceLimits(OptionalLong.of(512L << 20), OptionalInt.of(150), OptionalLong.of(500),
            List.of(new ResourceLimits.DiskRate("254:0", 20L << 20)));
    private static final ResourceLimits LIFTED = new ResourceLimits(OptionalLong.of(Long.MAX_VALUE), OptionalInt.of(Integer.MAX_VALUE),
            OptionalLong.of(Long.MAX_VALUE), List.of(new ResourceLimits.DiskRate("254:0", Long.MAX_VALUE)));
    private static final String PATH = "overlayd-1/web";

    @TempDir
    Path root;

    private void files(String directory, String... names) throws IOException {
        Path made = Files.createDirectories(root.resolve(directory));
        for (String name : names) {
            Files.createFile(made.resolve(name));
        }
    }

    private String text(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    private CgroupLimits unified() throws IOException {
        files("", "cgroup.subtree_control");
        Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu io memory hugetlb pids rdma misc\n");
        Files.writeString(root.resolve("cgroup.subtree_control"), "pids ");
        files("overlayd-1", "cgroup.subtree_control");
        files(PATH, "memory.max", "memory.swap.max", "cpu.max", "pids.max", "io.max");
        return new CgroupLimits(PATH, List.of(new CgroupHierarchy(CgroupHierarchy.Version.UNIFIED, Set.of(), root.toString())), new LinuxPipes());
    }

    private CgroupHierarchy v1(String controller) {
        return new CgroupHierarchy(CgroupHierarchy.Version.V1, Set.of(controller), root.resolve(controller).toString());
    }

    private CgroupLimits v1() throws IOException {
        files("memory/" + PATH, "memory.limit_in_bytes", "memory.memsw.limit_in_bytes");
        files("cpu/" + PATH, "cpu.cfs_quota_us", "cpu.cfs_period_us");
        files("pids/" + PATH, "pids.max");
        files("blkio/" + PATH, "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device");
        return new CgroupLimits(PATH, List.of(v1("memory"), v1("cpu"), v1("pids"), v1("blkio")), new LinuxPipes());
    }

    @Test
    void a_cgroup2_group_with_processes_offers_only_what_it_hands_down_already() throws Exception {
        unified();
        CgroupHierarchy unit = new CgroupHierarchy(CgroupHierarchy.Version.UNIFIED, Set.of(), root.toString());
        assertEquals(Set.of(Controller.CPU, Controller.IO, Controller.MEMORY, Controller.PIDS), CgroupLimits.available(List.of(unit), new LinuxPipes()));
        Files.writeString(root.resolve("cgroup.type"), "domain\n");
        Files.writeString(root.resolve("cgroup.procs"), "");
        assertEquals(4, CgroupLimits.available(List.of(unit), new LinuxPipes()).size());
        Files.writeString(root.resolve("cgroup.procs"), "4711\n4712\n");
        assertEquals(Set.of(Controller.PIDS), CgroupLimits.available(List.of(unit), new LinuxPipes()));
        Files.writeString(root.resolve("cgroup.type"), "domain threaded\n");
        assertEquals(Set.of(), CgroupLimits.available(List.of(unit), new LinuxPipes()));
    }

    @Test
    void cgroup2_hands_controllers_down_and_limits() throws Exception {
        unified().set(ALL);
        assertEquals("+cpu +io +memory", text("cgroup.subtree_control").substring(0, 16));
        assertEquals("+cpu +io +memory +pids", text("overlayd-1/cgroup.subtree_control"));
        assertEquals("536870912", text(PATH + "/memory.max"));
        assertEquals("0", text(PATH + "/memory.swap.max"));
        assertEquals("150000 100000", text(PATH + "/cpu.max"));
        assertEquals("500", text(PATH + "/pids.max"));
        assertEquals("254:0 rbps=20971520 wbps=20971520", text(PATH + "/io.max"));
    }

    @Test
    void cgroup2_lifts_limits() throws Exception {
        unified().set(LIFTED);
        assertEquals("max", text(PATH + "/memory.max"));
        assertEquals("max", text(PATH + "/memory.swap.max"));
        assertEquals("max 100000", text(PATH + "/cpu.max"));
        assertEquals("max", text(PATH + "/pids.max"));
        assertEquals("254:0 rbps=max wbps=max", text(PATH + "/io.max"));
    }

    @Test
    void v1_limits_in_each_hierarchy() throws Exception {
        v1().set(ALL);
        assertEquals("536870912", text("memory/" + PATH + "/memory.limit_in_bytes"));
        assertEquals("536870912", text("memory/" + PATH + "/memory.memsw.limit_in_bytes"));
        assertEquals("150000", text("cpu/" + PATH + "/cpu.cfs_quota_us"));
        assertEquals("100000", text("cpu/" + PATH + "/cpu.cfs_period_us"));
        assertEquals("500", text("pids/" + PATH + "/pids.max"));
        assertEquals("254:0 20971520", text("blkio/" + PATH + "/blkio.throttle.read_bps_device"));
        assertEquals("254:0 20971520", text("blkio/" + PATH + "/blkio.throttle.write_bps_device"));
    }

    @Test
    void v1_lifts_limits() throws Exception {
        v1().set(LIFTED);
        assertEquals("-1", text("memory/" + PATH + "/memory.limit_in_bytes"));
        assertEquals("-1", text("cpu/" + PATH + "/cpu.cfs_quota_us"));
        assertEquals("254:0 0", text("blkio/" + PATH + "/blkio.throttle.read_bps_device"));
    }

    @Test
    void a_kernel_that_does_not_count_swap_is_no_failure() throws Exception {
        CgroupLimits limits = v1();
        Files.delete(root.resolve("memory/" + PATH + "/memory.memsw.limit_in_bytes"));
        limits.set(ALL);
        assertEquals("536870912", text("memory/" + PATH + "/memory.limit_in_bytes"));
    }

    @Test
    void what_few_use_is_made_when_it_is_wanted() throws Exception {
        CgroupHierarchy blkio = v1("blkio");
        Files.createDirectories(root.resolve("blkio"));
        LinuxCgroups cgroups = new LinuxCgroups(new CgroupRoots(List.of(v1("pids"), blkio), Optional.empty()), new LinuxPipes(), Optional.empty());
        Files.createDirectories(root.resolve("pids"));
        cgroups.make(PATH);
        assertFalse(Files.exists(root.resolve("blkio/overlayd-1")));
        KernelException noFile = assertThrows(KernelException.class, () -> cgroups.at(PATH).limit(new ResourceLimits(OptionalLong.empty(),
                OptionalInt.empty(), OptionalLong.empty(), ALL.disks())));
        assertEquals(Errno.ENOENT, noFile.errno());
        assertEquals(true, Files.isDirectory(root.resolve("blkio/" + PATH)));
    }

    private static ResourceLimits io() {
        return new ResourceLimits(OptionalLong.empty(), OptionalInt.empty(), OptionalLong.empty(), ALL.disks());
    }

    @Test
    void whoever_is_not_in_it_yet_is_brought_in_also_where_it_was_made_before() throws Exception {
        CgroupLimits limits = v1();
        Files.writeString(root.resolve("pids/" + PATH + "/cgroup.procs"), "4711\n");
        files("blkio/" + PATH, "cgroup.procs"); // by a daemon that was killed then
        limits.set(io());
        assertEquals("4711", text("blkio/" + PATH + "/cgroup.procs"));
        assertEquals("254:0 20971520", text("blkio/" + PATH + "/blkio.throttle.read_bps_device"));
    }

    @Test
    void what_a_stop_has_taken_away_is_not_made_anew() throws Exception {
        Files.createDirectories(root.resolve("pids/overlayd-1"));
        Files.createDirectories(root.resolve("blkio/overlayd-1"));
        CgroupLimits limits = new CgroupLimits(PATH, List.of(v1("pids"), v1("blkio")), new LinuxPipes());
        assertEquals(Errno.ENOENT, assertThrows(KernelException.class, () -> limits.set(io())).errno());
        assertFalse(Files.exists(root.resolve("blkio/" + PATH)));
    }

    @Test
    void what_a_host_can_limit_is_what_its_hierarchies_have() throws Exception {
        unified();
        List<CgroupHierarchy> both = List.of(new CgroupHierarchy(CgroupHierarchy.Version.UNIFIED, Set.of(), root.toString()));
        assertEquals(Set.of(Controller.values()), CgroupLimits.available(both, new LinuxPipes()));
        Files.writeString(root.resolve("cgroup.controllers"), "hugetlb\n");
        assertEquals(Set.of(), CgroupLimits.available(both, new LinuxPipes()));
        assertEquals(Set.of(Controller.IO, Controller.PIDS), CgroupLimits.available(List.of(v1("blkio"), v1("pids")), new LinuxPipes()));
        assertEquals(Set.of(), CgroupLimits.available(List.of(), new LinuxPipes()));
    }

    @Test
    void usage_is_what_the_files_say() throws Exception {
        CgroupLimits limits = unified();
        Files.writeString(root.resolve(PATH + "/memory.current"), "4096\n");
        Files.writeString(root.resolve(PATH + "/pids.current"), "3\n");
        Files.writeString(root.resolve(PATH + "/cpu.stat"), "usage_usec 77\nuser_usec 5\n");
        Files.writeString(root.resolve(PATH + "/memory.events"), "low 0\noom 9\noom_kill 2\n");
        assertEquals(new overlayd.kernel.Usage(OptionalLong.of(4096), OptionalLong.of(77), OptionalLong.of(3), OptionalLong.of(2)), limits.usage());
        assertEquals(OptionalLong.empty(), new CgroupLimits("overlayd-1/gone", limits.hierarchies(), new LinuxPipes()).usage().pids());
    }

    @Test
    void the_kernel_log_names_the_victim() {
        assertEquals(Optional.of(new OutOfMemory.Victim("/overlayd-1/web", "a,task=b", 4711)), KernelLogVictims.parse(
                "constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/overlayd-1/web,task_memcg=/overlayd-1/web,"
                        + "task=a,task=b,pid=4711,uid=0"));
        assertEquals(Optional.empty(), KernelLogVictims.parse("constraint=CONSTRAINT_NONE"));
    }
}
