package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import overlayd.config.Subnet;

/**
 * A bridge of the host that overlay net has made: what was asked for.
 *
 * @param addresses of the bridge, which subhosts have as gateway
 * @param masqueraded whether packets from it leave the host with the host's address
 */
public record Net(String name, List<Subnet> addresses, Masquerade masqueraded) {
    /** Whether source addresses are translated. */
    public enum Masquerade { YES, NO }

    /** MAKING, DELETING: something of it may be there, and goes. */
    enum State { MAKING, READY, DELETING }

    public Net {
        addresses = List.copyOf(addresses);
    }

    boolean translates() {
        return masqueraded == Masquerade.YES;
    }

    boolean hasV6() {
        return addresses.stream().anyMatch(address -> !address.isV4());
    }

    /** The form kept in the state directory. */
    String text(State state) {
        StringBuilder text = new StringBuilder("state " + state + "\nmasquerade " + masqueraded + "\n");
        addresses.forEach(address -> text.append("address ").append(address).append('\n'));
        return text.toString();
    }

    /** As {@link #text} wrote it. */
    record Stored(Net net, State state) {
        static Optional<Stored> parse(String name, String text) {
            State state = null;
            Masquerade masquerade = Masquerade.NO;
            List<Subnet> addresses = new ArrayList<>();
            try {
                for (String line : text.lines().toList()) {
                    String value = line.substring(line.indexOf(' ') + 1);
                    switch (line.split(" ")[0]) {
                        case "state" -> state = State.valueOf(value);
                        case "masquerade" -> masquerade = Masquerade.valueOf(value);
                        case "address" -> addresses.add(Subnet.parse(value).orElseThrow(IllegalArgumentException::new));
                        default -> throw new IllegalArgumentException(line);
                    }
                }
            } catch (IllegalArgumentException damaged) {
                return Optional.empty();
            }
            return state == null ? Optional.empty() : Optional.of(new Stored(new Net(name, addresses, masquerade), state));
        }
    }

    /** An address of its own that stays: a bridge without one changes it with its ports, and neighbours lose it for a while. */
    String mac(String instance) {
        CRC32 crc = new CRC32();
        crc.update((instance + " " + name).getBytes(StandardCharsets.UTF_8));
        long hash = crc.getValue();
        return "02:00:%02x:%02x:%02x:%02x".formatted(hash >> 24 & 0xff, hash >> 16 & 0xff, hash >> 8 & 0xff, hash & 0xff);
    }
}
