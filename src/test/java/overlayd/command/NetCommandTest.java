package overlayd.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import overlayd.config.Subnet;
import overlayd.report.Documents;
import overlayd.subhost.Net;
import overlayd.subhost.Networks;
import overlayd.subject.NetWords;
import overlayd.subject.UsageException;

class NetCommandTest {
    @Test
    void a_network_is_a_name_and_addresses() throws UsageException {
        Net net = NetWords.net("br-lan.7", List.of("10.0.3.1/24", "fd00:3::1/64"), true);
        assertEquals("[10.0.3.1/24, fd00:3::1/64]", net.addresses().toString());
        assertEquals(Net.Masquerade.YES, net.masqueraded());
    }

    @ParameterizedTest
    @CsvSource({"br0, '', needs an address", "b/r0, 10.0.3.1/24, cannot be a bridge's name", "-br0, 10.0.3.1/24, cannot be", "abcdefghijklmnop, 10.0.3.1/24, cannot be",
        "br0, 10.0.3.1, no address with the length", "br0, 10.0.3.0/24, address of the network itself", "br0, 10.0.3.255/24, broadcast",
        "br0, 10.0.3.1/31, without room", "br0, 127.0.0.1/8, no address that a host can have", "br0, 10.0.3.1/24 10.0.3.129/25, overlaps with another",
        "br0, router/24, no address"})
    void what_cannot_be_is_wrong_usage(String name, String addresses, String why) {
        List<String> words = Arrays.stream(addresses.split(" ")).filter(word -> !word.isEmpty()).toList();
        UsageException wrong = assertThrows(UsageException.class, () -> NetWords.net(name, words, false));
        assertTrue(wrong.getMessage().contains(why), wrong.getMessage());
    }

    @Test
    void json_is_what_the_interface_describes() {
        Net net = new Net("br0", List.of(Subnet.parse("10.0.3.1/24").orElseThrow()), Net.Masquerade.NO);
        assertEquals("[{\"name\":\"br0\",\"addresses\":[\"10.0.3.1/24\"],\"masquerade\":false,\"users\":[\"subhost web\"]},"
                + "{\"name\":\"br0\",\"addresses\":[\"10.0.3.1/24\"],\"masquerade\":false,\"trouble\":\"the bridge is gone\",\"users\":[]}]",
                Documents.networks(List.of(new Networks.Row(net, "", List.of("subhost web")), new Networks.Row(net, "the bridge is gone", List.of()))).toString());
    }
}
