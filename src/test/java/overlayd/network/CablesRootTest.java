package overlayd.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.kernel.Vlan;
import overlayd.kernel.jna.LinuxKernel;
import overlayd.plan.CableStep;
import overlayd.plan.Undo;

@Tag("root")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CablesRootTest {
    private static final String NAME = "ovn" + ProcessHandle.current().pid() % 10000;
    private static final String HOST_END = NAME + "0";
    private static final String BRIDGE = NAME + "br";
    private static final String TAG = "overlayd test " + NAME;

    private static final Path IFSTATE = Path.of("/run/network/ifstate");

    private final boolean usedIfup = Files.exists(IFSTATE.getParent());
    private LinuxKernel kernel;
    private Links links;
    private Set<String> before;

    @BeforeEach
    void bridge() throws Exception {
        kernel = LinuxKernel.open();
        links = kernel.openLinks();
        before = host();
        links.createBridge(BRIDGE, Optional.empty(), "overlayd test");
    }

    @AfterEach
    void host_is_as_before() throws Exception {
        links.delete(BRIDGE);
        Files.deleteIfExists(Path.of("/run/network/ifstate." + HOST_END));
        if (!usedIfup && Files.exists(IFSTATE.getParent())) { // the first ifup of this host was ours
            try (Stream<Path> state = Files.list(IFSTATE.getParent())) {
                for (Path file : state.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(IFSTATE.getParent());
        }
        assertEquals(before, host());
        links.close();
        kernel.close();
    }

    /** What bears this test's name: others may work on the same host. */
    private Set<String> host() throws Exception {
        Set<String> all = links.list().stream().map(Link::name).collect(Collectors.toCollection(TreeSet::new));
        if (Files.isDirectory(Path.of("/run/netns"))) {
            try (Stream<Path> names = Files.list(Path.of("/run/netns"))) {
                names.forEach(name -> all.add(name.toString()));
            }
        }
        all.removeIf(name -> !name.contains(NAME));
        return all;
    }

    private static Undo.RemoveNetns undo() {
        return new Undo.RemoveNetns(NAME, List.of(HOST_END), TAG);
    }

    private CablePlugger pinnedNetns() throws KernelException {
        CablePlugger plugger = CablePlugger.makeNetns(kernel, Optional.empty());
        plugger.pin(NAME);
        return plugger;
    }

    private static CableStep.PlugCable cable(Optional<String> bridge) {
        return new CableStep.PlugCable(HOST_END, "eth0", bridge, Optional.of("02:00:00:00:00:0b"), TAG);
    }

    @Test
    void a_cable_is_plugged_and_goes_with_its_netns() throws Exception {
        try (CablePlugger plugger = pinnedNetns()) {
            plugger.plug(cable(Optional.of(BRIDGE)));
            plugger.bringUp(new CableStep.BringUp(List.of("lo", "eth0"), List.of(), List.of()));
            Link hostEnd = links.find(HOST_END).orElseThrow();
            assertTrue(hostEnd.up());
            assertEquals(TAG, hostEnd.alias());
            assertEquals(links.find(BRIDGE).orElseThrow().index(), hostEnd.master().orElseThrow());
            assertTrue(kernel.namespaces().netnsExists(NAME));
            try (Links inside = kernel.openLinks(plugger.netns())) {
                assertTrue(inside.list().stream().allMatch(Link::up));
                assertEquals(List.of("lo", "eth0"), inside.list().stream().map(Link::name).toList());
                assertEquals(Optional.of("02:00:00:00:00:0b"), inside.find("eth0").orElseThrow().mac());
            }
        }
        new CableRemover(kernel).remove(undo());
        assertEquals(Optional.empty(), links.find(HOST_END));
        new CableRemover(kernel).remove(undo());
    }

    @Test
    void a_cable_whose_netns_somebody_keeps_is_deleted() throws Exception {
        try (CablePlugger plugger = pinnedNetns()) {
            plugger.plug(cable(Optional.empty()));
            new CableRemover(kernel).remove(undo());
            assertEquals(Optional.empty(), links.find(HOST_END));
        }
    }

    @Test
    void a_strangers_interface_of_that_name_stays() throws Exception {
        links.createBridge(HOST_END, Optional.empty(), "overlayd test");
        try (CablePlugger plugger = pinnedNetns()) {
            KernelException taken = assertThrows(KernelException.class, () -> plugger.plug(cable(Optional.empty())));
            assertEquals(Errno.EEXIST, taken.errno());
        }
        new CableRemover(kernel).remove(undo());
        assertTrue(links.find(HOST_END).isPresent());
        links.delete(HOST_END);
    }

    @Test
    void a_netns_name_is_made_once() throws Exception {
        try (CablePlugger plugger = pinnedNetns()) {
            try (CablePlugger second = CablePlugger.makeNetns(kernel, Optional.empty())) {
                assertEquals(Errno.EEXIST, assertThrows(KernelException.class, () -> second.pin(NAME)).errno());
            }
            assertTrue(plugger.netns().isOpen());
        }
        new CableRemover(kernel).remove(new Undo.RemoveNetns(NAME, List.of(), TAG));
    }

    @Test
    void vlans_are_made_on_both_ends_or_on_none() throws Exception {
        try (CablePlugger plugger = pinnedNetns()) {
            plugger.plug(cable(Optional.of(BRIDGE)));
            CableStep.PlugVlan step = new CableStep.PlugVlan(HOST_END, "eth0", 7, Optional.empty());
            try (Links inside = kernel.openLinks(plugger.netns())) {
                try {
                    plugger.plug(step);
                    assertTrue(links.find(HOST_END + ".7").orElseThrow().up());
                    assertTrue(inside.find("eth0.7").orElseThrow().up());
                    // The name inside taken: the host's goes again.
                    inside.createVlan(new Vlan("eth0.8", "eth0", 8, Optional.empty()));
                    assertThrows(KernelException.class, () -> plugger.plug(new CableStep.PlugVlan(HOST_END, "eth0", 8, Optional.empty())));
                } catch (KernelException refused) {
                    assumeTrue(refused.errno() != Errno.EOPNOTSUPP, "not testable here: the kernel has no 8021q");
                    throw refused;
                } finally {
                    assertFalse(links.find(HOST_END + ".8").isPresent());
                }
            }
        } finally {
            new CableRemover(kernel).remove(undo());
        }
    }

    @Test
    void ifup_configures_the_host_end_again_and_again() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/sbin/ifup")) || Files.exists(Path.of("/sbin/ifup")), "not testable here: no ifupdown");
        Path stanza = Path.of("/etc/network/interfaces.d/" + NAME);
        assumeTrue(Files.isDirectory(stanza.getParent())
                && Files.readString(Path.of("/etc/network/interfaces")).contains("interfaces.d"), "not testable here: no interfaces.d");
        Files.writeString(stanza, "iface " + HOST_END + " inet static\n\taddress 10.213.77.1/24\n");
        try {
            for (int boot = 0; boot < 3; boot++) {
                try (CablePlugger plugger = pinnedNetns()) {
                    plugger.plug(cable(Optional.empty()));
                    assertEquals(Optional.empty(), plugger.ifup(new CableStep.Ifup(HOST_END)));
                    assertTrue(links.addresses().stream().filter(a -> a.link().equals(HOST_END)).map(LinkAddress::toString).toList()
                            .contains("10.213.77.1/24"));
                    if (boot != 1) { // a crash: ifdown never ran, its state is stale
                        new CableRemover(kernel).ifdown(new Undo.Ifdown(HOST_END));
                        assertFalse(Files.readString(IFSTATE).contains(HOST_END + "="));
                        new CableRemover(kernel).ifdown(new Undo.Ifdown(HOST_END));
                    }
                } finally {
                    new CableRemover(kernel).remove(undo());
                }
            }
        } finally {
            Files.delete(stanza);
        }
    }

    @Test
    void ifup_without_a_stanza_is_a_warning_and_the_host_end_stays_up() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/sbin/ifup")) || Files.exists(Path.of("/sbin/ifup")), "not testable here: no ifupdown");
        try (CablePlugger plugger = pinnedNetns()) {
            plugger.plug(cable(Optional.empty()));
            String warning = plugger.ifup(new CableStep.Ifup(HOST_END)).orElseThrow();
            assertTrue(warning.contains("ifup " + HOST_END) && warning.contains("unknown interface"), warning);
            assertTrue(links.find(HOST_END).orElseThrow().up());
        } finally {
            new CableRemover(kernel).remove(undo());
        }
    }
}
