package overlayd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import overlayd.config.Addressing;
import overlayd.config.IdRange;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.Severity;
import overlayd.unit.UnitFiles;
import overlayd.image.Content;
import overlayd.config.Subnet;

/** Every rule fires where it should, keeps still in its nearest miss, and points at the right line. */
class HostRulesTest {
    private static final PathFacts FILE = new PathFacts(PathFacts.Kind.FILE, 0xfe00, 9, 0, 0644, 7, "ext4", true, 0);

    private record Case(HostRule rule, String title, boolean fires, Consumer<Host> change, String... lines) {
    }

    private static Case fires(HostRule rule, String title, Consumer<Host> change, String... lines) {
        return new Case(rule, title, true, change, lines);
    }

    private static Case still(HostRule rule, String title, Consumer<Host> change, String... lines) {
        return new Case(rule, title, false, change, lines);
    }

    private static PathFacts like(PathFacts facts, long mount, String fileSystem, boolean writable, int depth) {
        return new PathFacts(facts.kind(), facts.device(), facts.inode(), facts.uid(), facts.mode(), mount, fileSystem, writable, depth);
    }

    private static final PathFacts IMAGE = image(0, 0644);
    private static final PathFacts UPPER_SCRIPT = new PathFacts(PathFacts.Kind.EXECUTABLE, 0xfe00, 9, 0, 0755, 7, "ext4", true, 0);

    private static PathFacts image(int uid, int mode) {
        return new PathFacts(PathFacts.Kind.FILE, 0xfe00, 77, uid, mode, 7, "ext4", true, 0).with(new Content.FileSystem("squashfs"));
    }

    private static HostFacts.Neighbour neighbour(PathFacts upper, PathFacts work) {
        return new HostFacts.Neighbour("db", upper, work, Set.of("02:00:00:00:00:77"), Set.of("db0"));
    }

    private static HostFacts.Resources resources(Set<String> controllers) {
        return new HostFacts.Resources(controllers, java.util.Map.of(Path.of("/srv/web/root"), "254:0"), 8L << 30, 4);
    }

    private static void nothing(Host host) {
        // the host as it is
    }

    private static NetworkFacts network(Map<String, NetworkFacts.Auto> auto, Map<java.net.InetAddress, String> inUse, NetworkFacts.Forwarding forwarding) {
        return new NetworkFacts(auto, inUse, Map.of(), forwarding, Optional.empty());
    }

    private static Map<String, NetworkFacts.Auto> auto(List<String> chosen, String... bridge) {
        return Map.of("eth0", new NetworkFacts.Auto("br0", chosen.stream().map(text -> Subnet.parse(text).orElseThrow()).toList(),
                java.util.Arrays.stream(bridge).map(text -> Subnet.parse(text).orElseThrow()).toList()));
    }

    private static final String FIXED = "ADDRESS=10.0.3.5/24";

    private static final NetworkFacts.DhcpClient CLIENT = new NetworkFacts.DhcpClient(List.of("/sbin/dhclient"), List.of());

    private static final Addressing.Publication WEB = Host.config("CABLES=br0=", FIXED, "PUBLISH=8080:80").addressing().published().get(0);

    private static final String CABLE = "CABLES=br0=02:00:00:00:00:77 br1=.5";

    private static final IdRange IDS = new IdRange(100_000, 65_536);

    private static final List<HostProfile> NAMED = List.of(new HostProfile("named", "enforce", "/usr/sbin/named"));

    private static final List<Case> CASES = List.of(
            fires(HostRule.PROFILE_ATTACHES, "to a service's program", h -> h.profiles.put("named", NAMED), "START=named"),
            fires(HostRule.PROFILE_ATTACHES, "to a program of a root with a full init", h -> h.profiles.put(HostFacts.WHOLE_ROOT, NAMED), "INIT=/sbin/init"),
            still(HostRule.PROFILE_ATTACHES, "to another service's", h -> h.profiles.put("named", NAMED), "START=ssh"),
            fires(HostRule.BASE_NOT_THERE, "absent", h -> h.paths.remove(Path.of("/srv/web"))),
            fires(HostRule.BASE_NOT_THERE, "a file", h -> h.put("/srv/web", FILE)),
            still(HostRule.BASE_NOT_THERE, "a directory", HostRulesTest::nothing),
            fires(HostRule.LIVE_NOT_THERE, "absent", h -> h.paths.remove(Path.of("/srv/web/live"))),
            still(HostRule.LIVE_NOT_THERE, "a directory", HostRulesTest::nothing),
            fires(HostRule.LOWER_NOT_THERE, "one of two absent", h -> h.directory("/a"), "LOWER=/a:/b"),
            fires(HostRule.LOWER_NOT_THERE, "a file", h -> h.put("/a", FILE), "LOWER=/a"),
            still(HostRule.LOWER_NOT_THERE, "both there", h -> {
                h.directory("/a");
                h.directory("/b");
            }, "LOWER=/a:/b"),
            still(HostRule.LOWER_NOT_THERE, "an image", h -> h.put("/a", IMAGE), "LOWER=/:/a"),
            fires(HostRule.LOWER_NOT_THERE, "an image for a bind root", h -> h.put("/a", IMAGE), "LOWER=/a", "UPPER=/a"),
            fires(HostRule.IMAGE_UNUSABLE, "encrypted", h -> h.put("/a", FILE.with(new Content.Unusable("is encrypted", "open it"))), "LOWER=/a"),
            still(HostRule.IMAGE_UNUSABLE, "a file system", h -> h.put("/a", IMAGE), "LOWER=/a"),
            fires(HostRule.IMAGE_WRITABLE, "by a group", h -> h.put("/a", image(0, 0664)), "LOWER=/a"),
            fires(HostRule.IMAGE_WRITABLE, "by its owner", h -> h.put("/a", image(1000, 0644)), "LOWER=/a"),
            still(HostRule.IMAGE_WRITABLE, "root's", h -> h.put("/a", IMAGE), "LOWER=/a"),
            still(HostRule.UPPER_NOT_THERE, "a throw-away one needs none", h -> h.paths.remove(Path.of("/srv/web/root")), "UPPER=tmp:"),
            still(HostRule.STACKING_DEPTH, "an image on overlays", h -> h.put("/a", like(IMAGE, 1, "overlay", true, 2).with(new Content.FileSystem("erofs"))),
                    "LOWER=/a"),
            fires(HostRule.UPPER_NOT_THERE, "absent", h -> h.paths.remove(Path.of("/srv/web/root"))),
            fires(HostRule.UPPER_NOT_THERE, "absent, for a bind root too", h -> h.paths.remove(Path.of("/srv/web/root")), "LOWER=root"),
            fires(HostRule.UPPER_NOT_THERE, "a file that is no program", h -> h.put("/srv/web/root", FILE)),
            still(HostRule.UPPER_NOT_THERE, "a program", h -> h.put("/srv/web/root",
                    new PathFacts(PathFacts.Kind.EXECUTABLE, 0xfe00, 9, 0, 0755, 7, "ext4", true, 0))),
            still(HostRule.UPPER_NOT_THERE, "a pre-mounted root needs none", h -> h.paths.remove(Path.of("/srv/web/root")), "LOWER=live"),
            fires(HostRule.WORK_NOT_THERE, "absent", h -> h.paths.remove(Path.of("/srv/web/work"))),
            still(HostRule.WORK_NOT_THERE, "a bind root needs none", h -> h.paths.remove(Path.of("/srv/web/work")), "LOWER=root"),
            fires(HostRule.UPPER_WORK_MOUNTS, "another mount of one file system", h -> h.put("/srv/web/work",
                    like(h.directory("/x"), 8, "ext4", true, 0))),
            still(HostRule.UPPER_WORK_MOUNTS, "one mount", HostRulesTest::nothing),
            fires(HostRule.UPPER_WORK_SAME, "one inode, two names", h -> h.put("/srv/web/work", h.paths.get(Path.of("/srv/web/root")))),
            still(HostRule.UPPER_WORK_SAME, "two inodes", HostRulesTest::nothing),
            fires(HostRule.UPPER_READ_ONLY, "read-only", h -> h.put("/srv/web/root", like(h.directory("/x"), 7, "ext4", false, 0))),
            still(HostRule.UPPER_READ_ONLY, "a read-only LOWER is fine", h -> h.put("/a", like(h.directory("/x"), 9, "iso9660", false, 0)),
                    "LOWER=/a"),
            fires(HostRule.UPPER_ON_OVERLAY, "on an overlay", h -> h.put("/srv/web/root", like(h.directory("/x"), 7, "overlay", true, 1))),
            still(HostRule.UPPER_ON_OVERLAY, "LOWER on an overlay is fine", h -> h.put("/", like(h.directory("/x"), 1, "overlay", true, 1))),
            fires(HostRule.UPPER_IN_USE, "its UPPER is theirs", h -> h.neighbours.add(neighbour(h.paths.get(Path.of("/srv/web/root")), h.directory("/w")))),
            fires(HostRule.UPPER_IN_USE, "its UPPER is their WORK", h -> h.neighbours.add(neighbour(h.directory("/u"), h.paths.get(Path.of("/srv/web/root"))))),
            fires(HostRule.UPPER_IN_USE, "its WORK is theirs", h -> h.neighbours.add(neighbour(h.directory("/u"), h.paths.get(Path.of("/srv/web/work"))))),
            still(HostRule.UPPER_IN_USE, "a neighbour with its own", h -> h.neighbours.add(neighbour(h.directory("/u"), h.directory("/w")))),
            still(HostRule.UPPER_IN_USE, "a neighbour whose UPPER is gone", h -> h.neighbours.add(neighbour(PathFacts.ABSENT, PathFacts.ABSENT))),
            fires(HostRule.UPPER_GENERATIONS, "one is missing", h -> h.generations = new HostFacts.Generations(List.of(), Set.of(), Optional.of("x is not there"))),
            still(HostRule.UPPER_GENERATIONS, "on two", h -> h.generations = new HostFacts.Generations(List.of(Path.of("/g/2"), Path.of("/g/1")), Set.of(), Optional.empty())),
            fires(HostRule.STACKING_DEPTH, "two below", h -> h.put("/", like(h.directory("/x"), 1, "overlay", true, 2))),
            still(HostRule.STACKING_DEPTH, "one below", h -> h.put("/", like(h.directory("/x"), 1, "overlay", true, 1))),
            fires(HostRule.BRIDGE_NOT_THERE, "of a cable", HostRulesTest::nothing, "CABLES=br7="),
            fires(HostRule.BRIDGE_NOT_THERE, "of a VLAN", HostRulesTest::nothing, "CABLES=br0= br7=.5"),
            still(HostRule.BRIDGE_NOT_THERE, "both there", HostRulesTest::nothing, CABLE),
            still(HostRule.BRIDGE_NOT_THERE, "none named", HostRulesTest::nothing, "CABLES=="),
            fires(HostRule.BRIDGE_NO_BRIDGE, "an interface", HostRulesTest::nothing, "CABLES=enp1s0="),
            still(HostRule.BRIDGE_NO_BRIDGE, "a bridge", HostRulesTest::nothing, CABLE),
            fires(HostRule.INTERFACE_TAKEN, "host end", h -> h.links.put("web0", new HostFacts.Link(false, "")), CABLE),
            fires(HostRule.INTERFACE_TAKEN, "VLAN", h -> h.links.put("web1.5", new HostFacts.Link(false, "")), "CABLES=br0= = br1=.5"),
            still(HostRule.INTERFACE_TAKEN, "without cables a like name is nobody's business", h -> h.links.put("web0", new HostFacts.Link(false, ""))),
            still(HostRule.INTERFACE_TAKEN, "a longer name", h -> h.links.put("web00", new HostFacts.Link(false, "")), CABLE),
            fires(HostRule.NETNS_TAKEN, "exists", h -> h.netns.add("web")),
            still(HostRule.NETNS_TAKEN, "another exists", h -> h.netns.add("web2")),
            fires(HostRule.MAC_IN_USE, "by a subhost", h -> h.neighbours.add(neighbour(h.directory("/u"), h.directory("/w"))), CABLE),
            fires(HostRule.MAC_IN_USE, "by an interface", h -> h.links.put("eth9", new HostFacts.Link(false, "02:00:00:00:00:77")),
                    "CABLES=br0=02:00:00:00:00:77"),
            fires(HostRule.MAC_IN_USE, "capitals are the same address", HostRulesTest::nothing, "CABLES=br0=52:54:00:12:34:56".toUpperCase(
                    java.util.Locale.ROOT).replace("BR0", "br0")),
            still(HostRule.MAC_IN_USE, "unused", HostRulesTest::nothing, CABLE),
            fires(HostRule.DEVICES_UNLIMITED, "nothing limits them", h -> h.deviceControl = false, "CAPS=+mknod"),
            fires(HostRule.DEVICES_UNLIMITED, "no control group", h -> h.cgroup = java.util.Optional.empty(), "CAPS=+mknod"),
            still(HostRule.DEVICES_UNLIMITED, "limited", HostRulesTest::nothing, "CAPS=+mknod"),
            still(HostRule.DEVICES_UNLIMITED, "no nodes can be made", h -> h.deviceControl = false, "DEVICES=/dev/fuse"),
            still(HostRule.DEVICES_UNLIMITED, "compat is open anyway", h -> h.deviceControl = false, "PROFILE=compat", "CAPS=+mknod"),
            fires(HostRule.PROGRAM_UNTRUSTED, "writable", h -> h.trust = new HostFacts.Trust(java.util.Map.of(Path.of("/p"),
                    new overlayd.config.FileTrust.Breach("is open", "close it")), java.util.Optional.empty(), false)),
            still(HostRule.PROGRAM_UNTRUSTED, "root's", HostRulesTest::nothing, "PREMOUNT=/p"),
            fires(HostRule.KEPT_BY_SUBHOST, "in UPPER", h -> h.trust = new HostFacts.Trust(java.util.Map.of(),
                    java.util.Optional.of(new HostFacts.Kept(Path.of("/srv/web/root/x"), "web")), false)),
            still(HostRule.KEPT_BY_SUBHOST, "beside it", HostRulesTest::nothing),
            fires(HostRule.UPPER_REACHABLE, "open", h -> h.trust = new HostFacts.Trust(java.util.Map.of(), java.util.Optional.empty(), true)),
            still(HostRule.UPPER_REACHABLE, "closed", HostRulesTest::nothing),
            fires(HostRule.LIMIT_NO_CONTROLLER, "memory", h -> h.resources = resources(Set.of("pids")), "MEMORY=1G"),
            fires(HostRule.LIMIT_NO_CONTROLLER, "processors", h -> h.resources = resources(Set.of("pids")), "CPUS=1"),
            fires(HostRule.LIMIT_NO_CONTROLLER, "processes", h -> h.resources = resources(Set.of("memory")), "PIDS=2048"),
            fires(HostRule.LIMIT_NO_CONTROLLER, "disks", h -> h.resources = resources(Set.of("memory")), "IO=1M"),
            still(HostRule.LIMIT_NO_CONTROLLER, "nobody has asked", h -> h.resources = resources(Set.of())),
            still(HostRule.LIMIT_NO_CONTROLLER, "there", HostRulesTest::nothing, "MEMORY=1G", "CPUS=1", "PIDS=5"),
            fires(HostRule.LIMIT_NO_DISK, "of UPPER", HostRulesTest::nothing, "IO=1M"),
            still(HostRule.LIMIT_NO_DISK, "there", h -> h.resources = resources(Set.of("io")), "IO=1M"),
            fires(HostRule.LIMIT_ABOVE_HOST, "one more", HostRulesTest::nothing, "CPUS=4.01"),
            still(HostRule.LIMIT_ABOVE_HOST, "all", HostRulesTest::nothing, "CPUS=4"),
            fires(HostRule.IDS_IN_USE, "by a user", h -> h.ids = new HostFacts.Ids(Optional.of(IDS), List.of("they include user joe of the host")),
                    "USERNS=100000:65536"),
            still(HostRule.IDS_IN_USE, "free ones", h -> h.ids = new HostFacts.Ids(Optional.of(IDS), List.of()), "USERNS=100000:65536"),
            fires(HostRule.IDS_NONE_FREE, "none", h -> h.ids = HostFacts.Ids.NONE, "USERNS=auto"),
            still(HostRule.IDS_NONE_FREE, "some", h -> h.ids = new HostFacts.Ids(Optional.of(IDS), List.of()), "USERNS=auto"),
            still(HostRule.IDS_NONE_FREE, "none are wanted", HostRulesTest::nothing),
            fires(HostRule.HOLE_IN_LOWER, "below LOWER", h -> h.holes.put(Path.of("/"), List.of(Path.of("/home")))),
            still(HostRule.HOLE_IN_LOWER, "a bind root has no holes of its own", h -> h.holes.put(Path.of("/"), List.of(Path.of("/home"))), "LOWER=root"),
            fires(HostRule.CRON_ON_HOST_ROOT, "cron", HostRulesTest::nothing, "START=cron"),
            fires(HostRule.CRON_ON_HOST_ROOT, "anacron", HostRulesTest::nothing, "START=ssh anacron"),
            still(HostRule.CRON_ON_HOST_ROOT, "an own root", h -> h.directory("/a"), "START=cron", "LOWER=/a"),
            still(HostRule.CRON_ON_HOST_ROOT, "another service", HostRulesTest::nothing, "START=ssh"),
            fires(HostRule.INIT_ABSENT, "no layer has it", h -> h.init = Optional.empty(), "INIT=/sbin/init"),
            still(HostRule.INIT_ABSENT, "there", h -> h.init = Optional.of(InitSystem.OTHER), "INIT=exec:/opt/init"),
            still(HostRule.INIT_ABSENT, "UPPER is yet to be made", h -> {
                h.init = Optional.empty();
                h.put("/srv/web/root", UPPER_SCRIPT);
            }, "INIT=/sbin/init"),
            still(HostRule.INIT_ABSENT, "the built-in", h -> h.init = Optional.empty()),
            fires(HostRule.INIT_CONFINED, "systemd by default", HostRulesTest::systemd, "INIT=/sbin/init"),
            fires(HostRule.INIT_CONFINED, "systemd, the capability taken away", HostRulesTest::systemd, "INIT=/sbin/init", "PROFILE=compat",
                    "CAPS=-sys_admin"),
            still(HostRule.INIT_CONFINED, "systemd with the capability", HostRulesTest::systemd, "INIT=/sbin/init", "CAPS=+sys_admin"),
            still(HostRule.INIT_CONFINED, "systemd with everything", HostRulesTest::systemd, "INIT=/sbin/init", "PROFILE=compat"),
            still(HostRule.INIT_CONFINED, "sysvinit", HostRulesTest::nothing, "INIT=/sbin/init"),
            fires(HostRule.SERVICE_ABSENT, "explicit", h -> h.services.put("nginx", HostFacts.Service.ABSENT), "START=nginx"),
            still(HostRule.SERVICE_ABSENT, "of the default list", h -> h.services.put("ssh", HostFacts.Service.ABSENT)),
            still(HostRule.SERVICE_ABSENT, "a hook may make it", h -> h.services.put("nginx", HostFacts.Service.ABSENT), "START=nginx", "POSTMOUNT=/bin/make"),
            still(HostRule.SERVICE_ABSENT, "a hook may mount it", h -> h.services.put("nginx", HostFacts.Service.ABSENT), "START=nginx", "PREMOUNT=/bin/make"),
            still(HostRule.SERVICE_ABSENT, "UPPER is yet to be made", h -> {
                h.services.put("nginx", HostFacts.Service.ABSENT);
                h.put("/srv/web/root", UPPER_SCRIPT);
            }, "START=nginx"),
            still(HostRule.SERVICE_ABSENT, "there", h -> h.services.put("nginx", HostFacts.Service.INIT_SCRIPT), "START=nginx"),
            still(HostRule.SERVICE_ABSENT, "a program", h -> h.services.put("/p", HostFacts.Service.PROGRAM), "START=/p"),
            fires(HostRule.UNIT_UNUSABLE, "a type that needs systemd", h -> unit(h, "[Service]\nType=dbus\nExecStart=/x"), "START=web.service"),
            fires(HostRule.UNIT_UNUSABLE, "masked", HostRulesTest::masked, "START=web.service"),
            still(HostRule.UNIT_UNUSABLE, "a simple one", h -> unit(h, "[Service]\nExecStart=/x"), "START=web.service"),
            fires(HostRule.SERVICE_UNIT_ONLY, "explicit", h -> h.services.put("nginx", HostFacts.Service.SYSTEMD_UNIT_ONLY), "START=nginx"),
            still(HostRule.SERVICE_UNIT_ONLY, "of the default list", h -> h.services.put("ssh", HostFacts.Service.SYSTEMD_UNIT_ONLY)),
            fires(HostRule.AUTO_WITHOUT_NETWORK, "the bridge has no address", h -> h.network = network(auto(List.of()), Map.of(), NetworkFacts.Forwarding.ON),
                    "CABLES=br0=", "ADDRESS=auto"),
            fires(HostRule.AUTO_WITHOUT_NETWORK, "all are taken", h -> h.network = network(auto(List.of(), "10.0.3.1/30"), Map.of(),
                    NetworkFacts.Forwarding.ON), "CABLES=br0=", "ADDRESS=auto"),
            still(HostRule.AUTO_WITHOUT_NETWORK, "one is free", h -> h.network = network(auto(List.of("10.0.3.2/30"), "10.0.3.1/30"), Map.of(),
                    NetworkFacts.Forwarding.ON), "CABLES=br0=", "ADDRESS=auto"),
            fires(HostRule.ADDRESS_IN_USE, "the host's own", h -> h.network = network(Map.of(), Map.of(Subnet.literal("10.0.3.5").orElseThrow(), "the host (br0)"),
                    NetworkFacts.Forwarding.ON), "CABLES=br0=", FIXED),
            still(HostRule.ADDRESS_IN_USE, "another is", h -> h.network = network(Map.of(), Map.of(Subnet.literal("10.0.3.6").orElseThrow(), "subhost db"),
                    NetworkFacts.Forwarding.ON), "CABLES=br0=", FIXED),
            fires(HostRule.DHCP_CLIENT_ABSENT, "none there", HostRulesTest::nothing, "CABLES=br0=", "ADDRESS=dhcp"),
            still(HostRule.DHCP_CLIENT_ABSENT, "there", h -> h.network = new NetworkFacts(Map.of(), Map.of(), Map.of(), NetworkFacts.Forwarding.ON,
                    Optional.of(CLIENT)), "CABLES=br0=", "ADDRESS=dhcp"),
            fires(HostRule.DHCP_WITH_INIT, "a full init", HostRulesTest::nothing, "CABLES=br0=", "ADDRESS=dhcp", "INIT=/sbin/init"),
            still(HostRule.DHCP_WITH_INIT, "a fixed address", HostRulesTest::nothing, "CABLES=br0=", FIXED, "INIT=/sbin/init"),
            fires(HostRule.PUBLISH_WITHOUT_TARGET, "IPv6 is bound, IPv4 is there", HostRulesTest::nothing, "CABLES=br0=", FIXED, "PUBLISH=[fd00::1]:80:80"),
            still(HostRule.PUBLISH_WITHOUT_TARGET, "the same version", HostRulesTest::nothing, "CABLES=br0=", FIXED, "PUBLISH=192.0.2.1:80:80"),
            fires(HostRule.PORT_TAKEN, "taken", h -> h.network = new NetworkFacts(Map.of(), Map.of(), Map.of(new Addressing.Publication(WEB.bound(), 8080, 80,
                    WEB.transport(), new Position(3, 9)), "subhost db"), NetworkFacts.Forwarding.ON, Optional.empty()), "CABLES=br0=", FIXED, "PUBLISH=8080:80"),
            still(HostRule.PORT_TAKEN, "free", HostRulesTest::nothing, "CABLES=br0=", FIXED, "PUBLISH=8080:80"),
            fires(HostRule.PUBLISH_NOT_FORWARDED, "no router", h -> h.network = network(Map.of(), Map.of(), NetworkFacts.Forwarding.OFF),
                    "CABLES=br0=", FIXED, "PUBLISH=8080:80"),
            still(HostRule.PUBLISH_NOT_FORWARDED, "nothing published", h -> h.network = network(Map.of(), Map.of(), NetworkFacts.Forwarding.OFF),
                    "CABLES=br0=", FIXED));

    private static void unit(Host host, String... fragments) {
        host.services.put("web.service", HostFacts.Service.UNIT);
        host.units.put("web.service", new UnitFiles("web.service", List.of(fragments), java.util.Map.of()));
    }

    private static void masked(Host host) {
        unit(host);
    }

    private static void systemd(Host host) {
        host.init = Optional.of(new InitSystem(InitSystem.Kind.SYSTEMD, OptionalInt.of(252)));
    }

    @TestFactory
    Stream<DynamicTest> rules() {
        return CASES.stream().map(c -> DynamicTest.dynamicTest(c.rule().id() + (c.fires() ? " fires: " : " is still: ") + c.title(), () -> {
            Host host = new Host();
            c.change().accept(host);
            List<Problem> problems = host.plan(c.lines()).problems();
            assertEquals(c.fires(), problems.stream().anyMatch(p -> p.rule().equals(c.rule().id())), problems.toString());
        }));
    }

    @Test
    void every_rule_has_a_case_that_fires_and_one_that_does_not() {
        for (HostRule rule : HostRule.values()) {
            assertTrue(CASES.stream().anyMatch(c -> c.rule() == rule && c.fires()), rule + " never fires");
            assertTrue(CASES.stream().anyMatch(c -> c.rule() == rule && !c.fires()), rule + " is never still");
        }
    }

    @Test
    void nothing_is_wrong_with_the_host_of_the_tests() {
        assertEquals(List.of(), new Host().plan("START=none", CABLE).problems());
    }

    @Test
    void an_error_keeps_from_a_plan_and_a_warning_does_not() {
        for (HostRule rule : EnumSet.allOf(HostRule.class)) {
            Case example = CASES.stream().filter(c -> c.rule() == rule && c.fires()).findFirst().orElseThrow();
            Host host = new Host();
            example.change().accept(host);
            Planner.Outcome outcome = host.plan(example.lines());
            assertEquals(rule.severity() != Severity.ERROR, outcome.plan().isPresent(), outcome.problems().toString());
        }
    }

    @Test
    void every_problem_names_what_it_is_about_and_has_a_remedy() {
        for (Case c : CASES) {
            Host host = new Host();
            c.change().accept(host);
            for (Problem problem : host.plan(c.lines()).problems()) {
                assertFalse(problem.remedy().isEmpty(), problem.text());
                assertTrue(problem.line() >= 1 && !problem.message().isBlank() && !problem.message().endsWith("."), problem.text());
            }
        }
    }

    @Test
    void all_problems_come_at_once_each_with_its_place() {
        Host host = new Host();
        host.paths.remove(Path.of("/srv/web/live"));
        host.links.put("web0", new HostFacts.Link(false, ""));
        List<String> places = host.plan("START=none", "CABLES=br7= enp1s0=", "LIVE=live").problems().stream()
                .map(p -> p.line() + ":" + p.column() + " " + p.rule()).toList();
        assertEquals(List.of("3:6 live-not-there", "2:8 interface-taken", "2:8 bridge-not-there", "2:13 bridge-no-bridge"), places);
    }

    @Test
    void ids_are_stable_names() {
        assertEquals("upper-work-mounts", HostRule.UPPER_WORK_MOUNTS.id());
        assertTrue(Arrays.stream(HostRule.values()).allMatch(r -> r.id().matches("[a-z]+(-[a-z]+)*") && !r.meaning().endsWith(".")));
    }

    @Test
    void what_a_command_would_compute_is_no_problem_before_it_has_run() {
        Planner.Outcome outcome = new Host().plan("START=none", "LOWER=!echo /not/there");
        assertTrue(outcome.plan().isPresent());
        assertEquals(List.of(), outcome.problems());
    }

    @Test
    void beside_a_command_the_rest_is_checked() {
        Planner.Outcome outcome = new Host().plan("START=none", "LOWER=!echo /not/there", "CABLES=nobr=");
        assertEquals(List.of("bridge-not-there"), outcome.problems().stream().map(Problem::rule).toList());
    }
}
