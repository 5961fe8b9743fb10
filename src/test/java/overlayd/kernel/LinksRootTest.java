package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LinksRootTest extends RootTest {
    private static final String BRIDGE = "ovltbr" + ProcessHandle.current().pid() % 1000;
    private static final String HOST_END = "ovlt" + ProcessHandle.current().pid() % 1000;

    private Links links;
    private Fd netns;

    @BeforeEach
    void bridge_and_netns() throws Exception {
        links = kernel.openLinks();
        links.createBridge(BRIDGE, Optional.empty(), "overlayd test");
        netns = kernel.namespaces().run(at -> {
            at.unshareNet();
            return at.netnsFd();
        });
    }

    @AfterEach
    void remove() throws Exception {
        netns.close();
        assertEquals(Set.of(), links.awaitGone(List.of(HOST_END), Deadline.afterMillis(5000)));
        links.delete(BRIDGE);
        links.delete(BRIDGE);
        links.close();
    }

    private Cable cable(String hostEnd, Optional<String> bridge) {
        return new Cable(hostEnd, netns, "eth0", bridge, Optional.of("02:00:00:00:00:0a"), "overlayd test");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // the wait hears no interrupt
    void a_cable_is_plugged_named_addressed_and_dies_with_its_netns() throws Exception {
        links.createCable(cable(HOST_END, Optional.of(BRIDGE)));
        Link hostEnd = links.find(HOST_END).orElseThrow();
        Link bridge = links.find(BRIDGE).orElseThrow();
        assertTrue(bridge.isBridge());
        assertEquals(bridge.index(), hostEnd.master().orElseThrow());
        assertEquals("veth", hostEnd.kind());
        assertEquals("overlayd test", hostEnd.alias());
        assertTrue(hostEnd.up());
        try (Links inside = kernel.openLinks(netns)) {
            inside.setUp("lo");
            inside.setUp("eth0");
            inside.addAddress("eth0", InetAddress.getByName("10.77.0.2"), 24);
            inside.addAddress("eth0", InetAddress.getByName("fd77::2"), 64);
            assertEquals(List.of("lo", "eth0"), inside.list().stream().map(Link::name).toList());
            assertEquals(Optional.of("02:00:00:00:00:0a"), inside.find("eth0").orElseThrow().mac());
            List<String> seen = inside.addresses().stream().filter(LinkAddress::isGlobal).map(LinkAddress::toString).toList();
            assertEquals(List.of("10.77.0.2/24", "fd77::2/64"), seen);
        }
        netns.close();
        assertEquals(Set.of(), links.awaitGone(List.of(HOST_END), Deadline.NEVER)); // the notice comes, or this hangs
    }

    @Test
    void what_cannot_be_is_refused_with_a_reason_and_leaves_nothing() throws Exception {
        assertEquals("there is no bridge \"nobridge\"", refusal(cable(HOST_END, Optional.of("nobridge"))).kernelText());
        assertFalse(refusal(cable("a-name-of-16-byte", Optional.empty())).kernelText().isEmpty());
        Cable multicast = new Cable(HOST_END, netns, "eth0", Optional.empty(), Optional.of("01:00:00:00:00:01"), "");
        assertEquals(Errno.EADDRNOTAVAIL, refusal(multicast).errno());
        KernelException noBridge = refusal(cable(HOST_END, Optional.of("lo")));
        assertFalse(noBridge.getMessage().isEmpty());
        assertEquals(Optional.empty(), links.find(HOST_END));
        links.createCable(cable(HOST_END, Optional.empty()));
        assertEquals(Errno.EEXIST, refusal(cable(HOST_END, Optional.empty())).errno());
        assertEquals(Set.of(HOST_END), links.awaitGone(List.of(HOST_END, "never-was"), Deadline.afterMillis(20)));
        links.delete(HOST_END);
    }

    private KernelException refusal(Cable cable) {
        return assertThrows(KernelException.class, () -> links.createCable(cable));
    }

    @Test
    void a_vlan_is_made_or_the_missing_module_is_named() throws Exception {
        links.createCable(cable(HOST_END, Optional.empty()));
        try {
            links.createVlan(new Vlan(HOST_END + ".7", HOST_END, 7, Optional.of(BRIDGE)));
            assertEquals("vlan", links.find(HOST_END + ".7").orElseThrow().kind());
        } catch (KernelException failure) {
            assertEquals(Errno.EOPNOTSUPP, failure.errno());
            assertEquals("Unknown device type", failure.kernelText());
        }
        links.delete(HOST_END);
    }

    @Test
    void forty_cables_are_all_listed() throws Exception {
        try {
            for (int i = 0; i < 40; i++) {
                links.createCable(new Cable("ovlq" + i, netns, "eth" + i, Optional.empty(), Optional.empty(), ""));
            }
            assertEquals(40, links.list().stream().filter(link -> link.name().startsWith("ovlq")).count());
        } finally {
            netns.close();
            List<String> names = java.util.stream.IntStream.range(0, 40).mapToObj(i -> "ovlq" + i).toList();
            assertEquals(Set.of(), links.awaitGone(names, Deadline.afterMillis(10_000)));
        }
    }
}
