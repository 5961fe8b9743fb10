package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import overlayd.kernel.MountInfo;

class CgroupHierarchyTest {
    private static List<String> detected(String mountinfo) {
        return CgroupHierarchy.detect(MountInfo.parseAll(mountinfo.getBytes(StandardCharsets.UTF_8))).stream()
                .map(CgroupHierarchy::toString).toList();
    }

    @Test
    void a_hybrid_host_has_cgroup2_first_and_the_used_v1_hierarchies() {
        assertEquals(List.of("cgroup2 /sys/fs/cgroup/unified", "cpu /sys/fs/cgroup/cpu,cpuacct", "pids /sys/fs/cgroup/pids"), detected("""
                31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
                34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
                39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
                40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
                41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                """));
    }

    @Test
    void a_unified_host_has_one_and_a_second_mount_of_it_does_not_count() {
        assertEquals(List.of("cgroup2 /sys/fs/cgroup"), detected("""
                31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
                99 27 0:28 / /mnt/again rw,relatime - cgroup2 cgroup2 rw
                """));
    }

    @Test
    void read_only_mounts_and_no_mounts_are_nothing() {
        assertEquals(List.of(), detected("31 23 0:28 / /sys/fs/cgroup ro,relatime - cgroup2 cgroup2 rw\n"));
        assertEquals(List.of(), detected(""));
    }

    @Test
    void the_own_group_is_the_line_of_cgroup2() {
        assertEquals("/system.slice/overlayd.service", CgroupRoots.groupIn("4:pids:/x\n0::/system.slice/overlayd.service\n", ""));
        assertEquals("/x", CgroupRoots.groupIn("4:cpu,cpuacct:/x\n0::/y\n", "cpuacct"));
        assertEquals("/", CgroupRoots.groupIn("4:pids:/x\n", ""));
        assertEquals("/", CgroupRoots.groupIn("0::/../outside\n", ""));
    }

    @Test
    void groups_are_made_in_the_unit_for_them_else_in_the_delegated_group_of_the_daemon() {
        Set<String> delegated = new java.util.HashSet<>(Set.of("/s/overlayd.service", "/s/overlayd-groups.service"));
        assertEquals("/s/overlayd-groups.service", CgroupRoots.place("/s/overlayd.service", delegated::contains));
        delegated.remove("/s/overlayd-groups.service");
        assertEquals("/s/overlayd.service", CgroupRoots.place("/s/overlayd.service", delegated::contains));
        assertEquals("/s/overlayd.service", CgroupRoots.place("/s/overlayd.service/daemon", delegated::contains));
        assertEquals("/", CgroupRoots.place("/user/session", delegated::contains));
        assertEquals("/", CgroupRoots.place("/top", delegated::contains));
        assertEquals("/", CgroupRoots.place("/", group -> true));
    }

    @Test
    void groups_below_a_delegated_one_are_in_its_directory() {
        CgroupHierarchy root = new CgroupHierarchy(CgroupHierarchy.Version.UNIFIED, Set.of(), "/sys/fs/cgroup");
        assertEquals("/sys/fs/cgroup/a/b/overlayd-1/web", root.below("/a/b").of("overlayd-1/web"));
        assertEquals("/sys/fs/cgroup/overlayd-1/web", root.below("/").of("overlayd-1/web"));
    }
}
