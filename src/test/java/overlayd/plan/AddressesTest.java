package overlayd.plan;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import overlayd.config.Subnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AddressesTest {
    private static Subnet subnet(String text) {
        return Subnet.parse(text).orElseThrow();
    }

    private static NetworkFacts auto(String... chosen) {
        return new NetworkFacts(Map.of("eth0", new NetworkFacts.Auto("br0", java.util.Arrays.stream(chosen).map(AddressesTest::subnet).toList(),
                List.of(subnet("10.0.3.1/24"), subnet("fd03::1/64")))), Map.of(), Map.of(), NetworkFacts.Forwarding.ON, Optional.empty());
    }

    private static String bringUp(NetworkFacts facts, String... lines) {
        Host host = new Host();
        host.network = facts;
        return steps(host.good(lines), "bring up");
    }

    private static String steps(BootPlan plan, String name) {
        return String.join("|", plan.steps().stream().filter(step -> step.name().equals(name)).map(Step::operands).toList());
    }

    @Test
    void without_the_keys_nothing_is_added_to_the_plan() {
        assertEquals("lo eth0", bringUp(NetworkFacts.NONE, "CABLES=br0="));
        assertTrue(new Host().good("CABLES=br0=").steps().stream().noneMatch(step -> step.name().matches("publish|keep address")));
    }

    @Test
    void fixed_addresses_and_the_gateway_in_one_step() {
        assertEquals("lo eth0 eth1 eth1.7, eth0 10.0.3.5/24, eth0 fd03::5/64, eth1.7 10.7.0.5/16, default via 10.7.0.1 dev eth1.7, default via fe80::1 dev eth0",
                bringUp(NetworkFacts.NONE, "CABLES=br0= br1= =.7", "ADDRESS=10.0.3.5/24 eth0=fd03::5/64 eth1.7=10.7.0.5/16",
                        "GATEWAY=10.7.0.1 eth0=fe80::1"));
    }

    @Test
    void a_named_interface_is_believed_to_reach_its_gateway() {
        assertEquals("lo eth0, eth0 192.0.2.5/32, default via 203.0.113.1 dev eth0 onlink",
                bringUp(NetworkFacts.NONE, "CABLES=br0=", "ADDRESS=192.0.2.5/32", "GATEWAY=eth0=203.0.113.1"));
    }

    @Test
    void auto_brings_the_bridges_addresses_as_gateways_and_is_kept() {
        Host host = new Host();
        host.network = auto("10.0.3.77/24", "fd03::77/64");
        BootPlan plan = host.good("CABLES=br0=", "ADDRESS=auto");
        assertEquals("lo eth0, eth0 10.0.3.77/24, eth0 fd03::77/64, default via 10.0.3.1 dev eth0, default via fd03::1 dev eth0", steps(plan, "bring up"));
        assertEquals("10.0.3.77/24 fd03::77/64 of bridge br0 for web's eth0", steps(plan, "keep address"));
        assertEquals("lo eth0, eth0 10.0.3.77/24", bringUp(auto("10.0.3.77/24"), "CABLES=br0=", "ADDRESS=auto", "GATEWAY=none"));
        assertEquals("lo eth0, eth0 10.0.3.77/24, default via 10.0.3.254 dev eth0", bringUp(auto("10.0.3.77/24"), "CABLES=br0=", "ADDRESS=auto",
                "GATEWAY=10.0.3.254"));
    }

    @Test
    void a_published_port_goes_to_the_first_address_of_each_version() {
        Host host = new Host();
        host.network = auto("10.0.3.77/24", "fd03::77/64");
        BootPlan plan = host.good("CABLES=br0=", "ADDRESS=auto eth0=10.0.3.78/24", "PUBLISH=8080:80,53:5353/udp 192.0.2.1:81:80");
        assertEquals("8080/tcp to 10.0.3.77:80, 8080/tcp to [fd03::77]:80, 53/udp to 10.0.3.77:5353, 53/udp to [fd03::77]:5353, "
                + "192.0.2.1:81/tcp to 10.0.3.77:80", steps(plan, "publish"));
        Step publish = plan.steps().stream().filter(step -> step.name().equals("publish")).findFirst().orElseThrow();
        assertEquals("8080/tcp, 8080/tcp, 53/udp, 53/udp, 192.0.2.1:81/tcp", publish.undo().orElseThrow().operands());
    }

    @Test
    void a_dhcp_client_runs_before_the_services() {
        Host host = new Host();
        host.network = new NetworkFacts(Map.of(), Map.of(), Map.of(), NetworkFacts.Forwarding.ON,
                Optional.of(new NetworkFacts.DhcpClient(List.of("/sbin/dhclient", "-pf", "/run/%i.pid"), List.of("-x"))));
        String script = host.good("CABLES=br0=", "ADDRESS=dhcp", "START=nginx").init().command().get(2);
        assertTrue(script.contains("run 'dhcp-eth0' '/sbin/dhclient' '-pf' '/run/eth0.pid' 'eth0' '-x'\nstart 'nginx'\n"), script);
        assertEquals("/bin/sh", host.good("CABLES=br0=", "ADDRESS=dhcp", "START=none").init().command().get(0));
    }

    @Test
    void resolv_conf_is_the_configurations_only_where_it_says_anything() {
        assertEquals("private file of 22 characters", steps(new Host().good(), "bind /etc/resolv.conf"));
        assertEquals("", steps(new Host().good("POSTMOUNT=post.sh"), "bind /etc/resolv.conf"));
        assertEquals("private read-only file of 22 characters", steps(new Host().good("CABLES=br0=", "ADDRESS=10.0.3.5/24"), "bind /etc/resolv.conf"));
        assertEquals("private read-only file of 21 characters", steps(new Host().good("DNS=192.0.2.9", "POSTMOUNT=post.sh"), "bind /etc/resolv.conf"));
        assertEquals("", steps(new Host().good("DNS=none"), "bind /etc/resolv.conf"));
        Host host = new Host();
        host.network = new NetworkFacts(Map.of(), Map.of(), Map.of(), NetworkFacts.Forwarding.ON,
                Optional.of(new NetworkFacts.DhcpClient(List.of("/sbin/dhclient"), List.of())));
        assertEquals("", steps(host.good("CABLES=br0=", "ADDRESS=dhcp"), "bind /etc/resolv.conf"));
    }

    @Test
    void the_same_name_finds_the_same_address_and_every_free_one_is_found() {
        Subnet bridge = subnet("10.0.3.1/28");
        assertEquals(AutoAddress.choose(bridge, "web", Set.of()), AutoAddress.choose(bridge, "web", Set.of()));
        assertNotEquals(AutoAddress.choose(subnet("10.0.0.1/16"), "web", Set.of()), AutoAddress.choose(subnet("10.0.0.1/16"), "db", Set.of()));
        Set<InetAddress> used = new HashSet<>();
        for (int i = 0; i < 13; i++) {
            Subnet free = AutoAddress.choose(bridge, "web", used).orElseThrow();
            assertTrue(free.unusable().isEmpty());
            assertTrue(bridge.contains(free.address()));
            assertNotEquals(bridge.address(), free.address());
            assertTrue(used.add(free.address()));
        }
        assertFalse(AutoAddress.choose(bridge, "web", used).isPresent());
        assertFalse(AutoAddress.choose(subnet("10.0.3.0/31"), "web", Set.of()).isPresent());
        assertTrue(subnet("fd03::1/64").contains(AutoAddress.choose(subnet("fd03::1/64"), "web", Set.of()).orElseThrow().address()));
    }
}
