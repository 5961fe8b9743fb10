package overlayd.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads CABLES: {@code [bridge]=[mac]} and {@code [bridge]=.TAG}. */
final class CableReader {
    /** IFNAMSIZ less the closing NUL. */
    static final int LONGEST_INTERFACE = 15;

    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}");

    private final Findings findings;
    private final String name;
    private final List<Cable> cables = new ArrayList<>();
    private final Set<Mac> macs = new HashSet<>();

    private CableReader(Findings findings, String name) {
        this.findings = findings;
        this.name = name;
    }

    static List<Cable> read(Values values, String name) {
        CableReader reader = new CableReader(values.findings(), name);
        List<Located> words = values.text(ConfigKey.CABLES).words();
        for (Located word : words) reader.specifier(word);
        reader.ownNames(words);
        return reader.cables;
    }

    private void specifier(Located word) {
        int equals = word.text().indexOf('=');
        if (equals < 0) {
            findings.add(Rule.CABLE_SYNTAX, word.at(), "cable " + ConfigParser.clip(word.text()) + " has no equal sign",
                    "write [bridge]=[mac or .vlan], for instance " + suggestion(word.text()));
            return;
        }
        Optional<String> bridge = bridge(word.slice(0, equals));
        Located rest = word.from(equals + 1);
        if (rest.text().startsWith(".")) vlan(word, bridge, rest.from(1));
        else cable(word, bridge, rest);
    }

    private static String suggestion(String word) {
        boolean mac = MAC.matcher(word).matches();
        return ConfigParser.clip(mac || word.startsWith(".") ? "=" + word : word + "=");
    }

    private void cable(Located word, Optional<String> bridge, Located rest) {
        int index = cables.size();
        hostEnd(word, name + index);
        Optional<Mac> mac = rest.isEmpty() ? Optional.empty() : mac(rest);
        cables.add(new Cable(index, bridge, word.at(), mac, List.of()));
    }

    private void vlan(Located word, Optional<String> bridge, Located tag) {
        if (!tag.text().matches("[0-9]{1,9}") || Integer.parseInt(tag.text()) < 1 || Integer.parseInt(tag.text()) > 4095) {
            findings.add(Rule.VLAN_TAG, tag.at(), "." + ConfigParser.clip(tag.text()) + " is not a VLAN tag", "a tag is a number from 1 to 4095");
            return;
        }
        int number = Integer.parseInt(tag.text());
        if (cables.isEmpty()) {
            findings.add(Rule.VLAN_WITHOUT_CABLE, word.at(), "VLAN " + number + " has no cable to be on",
                    "put a cable before it, for instance = =." + number);
            return;
        }
        if (number == 4095) {
            findings.add(Rule.VLAN_RESERVED, tag.at(), "VLAN 4095 is reserved, the kernel refuses it", "use 1 to 4094");
        }
        Cable on = cables.get(cables.size() - 1);
        hostEnd(word, name + on.index() + "." + number);
        if (on.vlans().stream().anyMatch(v -> v.tag() == number)) {
            findings.add(Rule.VLAN_TWICE, tag.at(), "VLAN " + number + " is twice on cable " + on.index(), "remove one of them");
            return;
        }
        List<Vlan> vlans = new ArrayList<>(on.vlans());
        vlans.add(new Vlan(number, bridge, word.at()));
        cables.set(on.index(), new Cable(on.index(), on.bridge(), on.bridgeAt(), on.mac(), vlans));
    }

    private void hostEnd(Located word, String interfaceName) {
        int length = interfaceName.length();
        if (length <= LONGEST_INTERFACE) return;
        findings.add(Rule.INTERFACE_NAME_TOO_LONG, word.at(), "interface " + interfaceName + " has " + length
                + " characters, the kernel takes " + LONGEST_INTERFACE,
                "choose a NAME of at most " + Math.max(1, name.length() - (length - LONGEST_INTERFACE)));
    }

    /** The kernel's rule (net/core/dev.c, dev_valid_name), and no leading dash, which every tool would take for an option. */
    private Optional<String> bridge(Located bridge) {
        if (bridge.isEmpty()) return Optional.empty();
        String text = bridge.text();
        String why = null;
        if (ByteText.encode(text).length > LONGEST_INTERFACE) why = "is longer than " + LONGEST_INTERFACE + " bytes";
        else if (text.equals(".") || text.equals("..")) why = "is not a name";
        else if (text.startsWith("-")) why = "begins with a dash";
        else if (text.codePoints().anyMatch(c -> c == '/' || c == ':' || Character.isWhitespace(c) || Printable.isControl(c))) {
            why = "holds a slash, colon or blank";
        }
        if (why != null) {
            findings.add(Rule.BRIDGE_NAME, bridge.at(), "bridge " + ConfigParser.clip(text) + " " + why,
                    MAC.matcher(text).matches() ? "the MAC address stands after the equal sign: =" + text
                            : "name an interface as ip link shows it");
        }
        return Optional.of(text);
    }

    private Optional<Mac> mac(Located text) {
        if (!MAC.matcher(text.text()).matches()) {
            findings.add(Rule.MAC_SYNTAX, text.at(), ConfigParser.clip(text.text()) + " is not a MAC address",
                    "write six bytes as 02:00:00:00:00:01, or .TAG for a VLAN");
            return Optional.empty();
        }
        long value = 0;
        for (String b : text.text().split(":")) value = value << 8 | Integer.parseInt(b, 16);
        if ((value >>> 40 & 1) != 0) {
            findings.add(Rule.MAC_NOT_UNICAST, text.at(), text.text() + " is a group address",
                    String.format("the first byte must be even, for instance %02x", value >>> 40 & 0xfe | 2));
        } else if (value == 0) {
            findings.add(Rule.MAC_ZERO, text.at(), "the MAC address is all zero", "use 02:... for an address of your own");
        } else {
            Mac mac = new Mac(value);
            if (!macs.add(mac)) {
                findings.add(Rule.MAC_TWICE, text.at(), mac + " is on two cables", "give each cable its own address");
            }
            return Optional.of(mac);
        }
        return Optional.empty();
    }

    /** A cable cannot be plugged into its own or another cable's end. */
    private void ownNames(List<Located> words) {
        Set<String> own = new HashSet<>();
        for (Cable cable : cables) {
            own.add(name + cable.index());
            cable.vlans().forEach(v -> own.add(name + cable.index() + "." + v.tag()));
        }
        for (Located word : words) {
            String bridge = word.text().split("=", 2)[0];
            if (own.contains(bridge) && bridge.length() < word.text().length()) {
                findings.add(Rule.BRIDGE_IS_OWN_CABLE, word.at(), "bridge " + bridge + " is the host end of a cable of this subhost",
                        "name a bridge");
            }
        }
    }
}
