package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.Addressing.Publication;
import overlayd.config.Addressing.Transport;
import overlayd.config.Position;
import overlayd.config.Subnet;
import overlayd.facts.Listeners;
import overlayd.facts.NameServers;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Name servers and listening sockets, read from files as the kernel and resolvers write them. */
class HostNetworkTest {
    @TempDir
    Path root;

    private void file(String name, String text) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.writeString(root.resolve(name), text);
    }

    @Test
    void a_stub_on_the_hosts_loopback_is_replaced_by_the_servers_it_asks() throws IOException {
        file("etc/resolv.conf", "# stub\nnameserver 127.0.0.53\noptions edns0\nsearch example.org\n");
        assertEquals("nameserver 127.0.0.53", new NameServers(root).text().lines().skip(1).findFirst().orElseThrow());
        file("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.53\nsearch example.org\n");
        assertEquals("nameserver 192.0.2.53\nsearch example.org\n", new NameServers(root).text());
        file("etc/resolv.conf", "nameserver ::1\nnameserver 127.0.0.1\n");
        assertEquals("nameserver 192.0.2.53\nsearch example.org\n", new NameServers(root).text());
        file("run/systemd/resolve/resolv.conf", "nameserver 127.0.0.1\n");
        file("run/NetworkManager/no-stub-resolv.conf", "nameserver 192.0.2.54\n");
        assertEquals("nameserver 192.0.2.54\n", new NameServers(root).text());
    }

    @Test
    void a_server_that_a_subhost_can_reach_stays() throws IOException {
        file("etc/resolv.conf", "nameserver 127.0.0.1\nnameserver 192.0.2.1\n");
        file("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.53\n");
        assertEquals("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", new NameServers(root).text());
        assertEquals("", new NameServers(root.resolve("none")).text());
    }

    private Optional<String> listener(String bound, int port, Transport transport) {
        return new Listeners(root).of(new Publication(Optional.of(bound).filter(b -> !b.isEmpty()).flatMap(Subnet::literal), port, 80, transport, Position.START));
    }

    @Test
    void a_socket_that_waits_has_its_port_and_its_owner() throws IOException {
        String head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        file("net/tcp", head + "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
                + "   1: 010200C0:0050 020200C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1\n");
        file("net/tcp6", head + "   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4713 1\n");
        file("net/udp", head + "   0: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4714 2\n");
        Files.createDirectories(root.resolve("77/fd"));
        Files.createSymbolicLink(root.resolve("77/fd/5"), Path.of("socket:[4711]"));
        file("77/comm", "nginx\n");
        assertEquals(Optional.of("nginx (process 77)"), listener("", 8080, Transport.TCP));
        assertEquals(Optional.of("nginx (process 77)"), listener("127.0.0.1", 8080, Transport.TCP));
        assertEquals(Optional.empty(), listener("192.0.2.1", 8080, Transport.TCP));
        assertEquals(Optional.empty(), listener("", 80, Transport.TCP), "a connection is no listener");
        assertEquals(Optional.of("a program that listens on it"), listener("192.0.2.1", 22, Transport.TCP));
        assertEquals(Optional.of("a program that listens on it"), listener("", 53, Transport.UDP));
        assertEquals(Optional.empty(), listener("", 53, Transport.TCP));
    }
}
