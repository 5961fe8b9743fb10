package overlayd.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static overlayd.config.ConfigKey.ADDRESS;
import static overlayd.config.ConfigKey.DNS;
import static overlayd.config.ConfigKey.GATEWAY;
import static overlayd.config.ConfigKey.PUBLISH;

/** Reads ADDRESS, GATEWAY and DNS; PUBLISH is {@link PublishReader}'s. */
final class AddressReader {
    /** The resolver library asks no more (resolv.conf(5), MAXNS). */
    private static final int MOST_SERVERS = 3;

    private final Values values;
    private final Findings findings;
    /** Each inner end, and whether a bridge is on its other side. */
    private final Map<String, Boolean> bridged = new HashMap<>();
    private final List<Addressing.Address> addresses = new ArrayList<>();
    private final List<Addressing.Gateway> gateways = new ArrayList<>();
    private final Set<String> given = new HashSet<>();
    private boolean noGateway;
    /** Something of ADDRESS could not be read: what is missing for want of it was meant. */
    private boolean unread;

    private AddressReader(Values values, List<Cable> cables) {
        this.values = values;
        this.findings = values.findings();
        for (Cable cable : cables) {
            bridged.put(cable.subhostEnd(), cable.bridge().isPresent());
            cable.vlans().forEach(vlan -> bridged.put(cable.subhostEnd() + "." + vlan.tag(), vlan.bridge().isPresent()));
        }
    }

    static Addressing read(Values values, List<Cable> cables) {
        AddressReader reader = new AddressReader(values, cables);
        values.text(ADDRESS).words().forEach(word -> reader.unread |= !reader.address(word));
        values.text(GATEWAY).words().forEach(reader::gateway);
        Addressing.Dns dns = reader.dns();
        List<Addressing.Publication> published = PublishReader.read(values);
        if (!published.isEmpty() && !reader.unread) {
            reader.requireTarget();
        }
        return new Addressing(reader.addresses, reader.gateways, reader.noGateway, dns, published);
    }

    /** A word {@code [end=]value} taken apart; without an end it is of the first cable. */
    private record Word(Optional<Located> end, Located value) {
        static Word of(Located word) {
            int equals = word.text().indexOf('=');
            return equals < 0 ? new Word(Optional.empty(), word)
                    : new Word(Optional.of(word.slice(0, equals)), word.from(equals + 1));
        }

        String endName() {
            return end.map(Located::text).orElse("eth0");
        }
    }

    private boolean known(Word word, Located whole, ConfigKey key) {
        if (bridged.containsKey(word.endName())) return true;
        String have = bridged.isEmpty() ? "CABLES is empty" : "there are " + String.join(", ", bridged.keySet().stream().sorted().toList());
        findings.add(Rule.ADDRESS_INTERFACE, word.end().orElse(whole).at(), key + " is for " + ConfigParser.clip(word.endName())
                + ", which CABLES does not make", bridged.isEmpty() ? have + ": add CABLES=br0=" : have);
        return false;
    }

    /** What is published is forwarded to an address that is known before the boot. */
    private void requireTarget() {
        if (addresses.isEmpty()) {
            findings.add(Rule.PUBLISH_WITHOUT_ADDRESS, values.at(PUBLISH), "PUBLISH needs to know where to forward to", "add ADDRESS=auto, or an address of its own");
        } else if (addresses.stream().allMatch(address -> address.source() == Addressing.Source.DHCP)) {
            findings.add(Rule.PUBLISH_WITHOUT_ADDRESS, values.at(PUBLISH), "PUBLISH needs an address that is known before the boot, which that of dhcp is not",
                    "write ADDRESS=auto, or an address of its own");
        }
    }

    /** @return whether it could be read */
    private boolean address(Located whole) {
        Word word = Word.of(whole);
        if (!known(word, whole, ADDRESS)) return false;
        String text = word.value().text();
        boolean word2 = text.equals("auto") || text.equals("dhcp");
        Optional<Subnet> fixed = word2 ? Optional.empty() : fixed(word.value());
        if (!word2 && fixed.isEmpty()) return false;
        if (!given.add(fixed.map(Subnet::addressText).orElse(word.endName() + text))) {
            findings.add(Rule.ADDRESS_TWICE, word.value().at(), ConfigParser.clip(whole.text()) + " is twice in ADDRESS", "remove one of them");
        } else if (text.equals("auto") && !bridged.get(word.endName())) {
            findings.add(Rule.ADDRESS_AUTO, word.value().at(), word.endName() + " is not plugged into a bridge, whose addresses auto takes from",
                    "name a bridge in CABLES, or write the address itself");
        } else {
            Addressing.Source source = fixed.isPresent() ? Addressing.Source.STATIC
                    : text.equals("auto") ? Addressing.Source.AUTO : Addressing.Source.DHCP;
            addresses.add(new Addressing.Address(word.endName(), source, fixed, whole.at()));
            return true;
        }
        return false;
    }

    private Optional<Subnet> fixed(Located value) {
        String text = value.text();
        Optional<Subnet> subnet = Subnet.parse(text);
        if (subnet.isEmpty()) {
            boolean bare = Subnet.literal(text).isPresent();
            findings.add(Rule.ADDRESS_SYNTAX, value.at(), ConfigParser.clip(text) + (bare ? " has no prefix" : " is no address"),
                    bare ? "add the length of its network: " + text + (text.contains(":") ? "/64" : "/24")
                            : "write 10.0.3.5/24, 2001:db8::5/64, auto or dhcp, each with eth1= before it where it is not for eth0");
            return Optional.empty();
        }
        Optional<String> unusable = subnet.get().unusable();
        unusable.ifPresent(why -> findings.add(Rule.ADDRESS_SYNTAX, value.at(), text + " " + why, "choose another address of that network"));
        return unusable.isPresent() ? Optional.empty() : subnet;
    }

    private void gateway(Located whole) {
        if (whole.text().equals("none")) {
            noGateway = true;
            return;
        }
        Word word = Word.of(whole);
        if (word.end().isPresent() && !known(word, whole, GATEWAY)) return;
        Optional<InetAddress> address = Subnet.literal(word.value().text());
        if (address.isEmpty()) {
            findings.add(Rule.GATEWAY_SYNTAX, word.value().at(), ConfigParser.clip(word.value().text()) + " is no address of a gateway",
                    "write 10.0.3.1, fe80::1 with eth0= before it, or none");
        } else if (!given.add(Subnet.isV4(address.get()) ? "gateway4" : "gateway6")) {
            findings.add(Rule.GATEWAY_TWICE, word.value().at(), "a second gateway for IPv" + (Subnet.isV4(address.get()) ? 4 : 6), "keep one of them");
        } else if (addresses.isEmpty() && !unread) {
            findings.add(Rule.GATEWAY_UNREACHABLE, whole.at(), "GATEWAY is set, but no ADDRESS", "add ADDRESS, or leave both to the subhost");
        } else if (word.end().isEmpty() && !unread && !reachable(address.get())) {
            unreachable(word.value());
        } else {
            gateways.add(new Addressing.Gateway(word.end().map(Located::text), address.get(), whole.at()));
        }
    }

    private void unreachable(Located gateway) {
        boolean told = addresses.stream().allMatch(address -> address.source() == Addressing.Source.DHCP);
        String end = addresses.get(0).end();
        findings.add(Rule.GATEWAY_UNREACHABLE, gateway.at(), "gateway " + gateway.text() + (told ? " is set, but the DHCP server says which is the gateway"
                : " lies in no network of ADDRESS"), (told ? "take GATEWAY out" : "correct one of them") + ", or name the interface: " + end + "=" + gateway.text());
    }

    /** What auto will be given is not known here. */
    private boolean reachable(InetAddress gateway) {
        return addresses.stream().anyMatch(address -> address.source() == Addressing.Source.AUTO
                || address.fixed().filter(subnet -> subnet.contains(gateway)).isPresent());
    }

    private Addressing.Dns dns() {
        List<Located> words = values.text(DNS).words();
        List<InetAddress> servers = new ArrayList<>();
        if (words.size() == 1 && words.get(0).text().equals("host")) return new Addressing.Dns(Addressing.Servers.HOST, servers);
        if (words.size() == 1 && words.get(0).text().equals("none")) return new Addressing.Dns(Addressing.Servers.NONE, servers);
        for (Located word : words) {
            Optional<InetAddress> server = Subnet.literal(word.text());
            if (server.isEmpty()) {
                findings.add(Rule.DNS_SYNTAX, word.at(), ConfigParser.clip(word.text()) + " is no address of a name server",
                        "write addresses, or host or none alone");
            } else if (servers.size() == MOST_SERVERS) {
                findings.add(Rule.DNS_TOO_MANY, word.at(), "a fourth name server, which the resolver library never asks", "keep three");
                break;
            } else {
                servers.add(server.get());
            }
        }
        return new Addressing.Dns(Addressing.Servers.LISTED, servers);
    }
}
