package overlayd.state;

import java.util.Optional;
import overlayd.config.Addressing.Transport;
import overlayd.config.Subnet;
import overlayd.plan.Forward;

/** A {@link Forward} as one line of the journal: "BOUND|* PORT TRANSPORT TARGET PORT BRIDGE|-". */
final class ForwardText {
    private ForwardText() {
    }

    static String of(Forward forward) {
        return String.join(" ", forward.bound().map(Subnet::text).orElse("*"), Integer.toString(forward.hostPort()), forward.transport().toString(),
                Subnet.text(forward.target()), Integer.toString(forward.port()), forward.bridge().orElse("-"));
    }

    /** @throws IllegalArgumentException {@code line} is none */
    static Forward parse(String line) {
        String[] words = line.split(" ", 6);
        if (words.length != 6) {
            throw new IllegalArgumentException("not a forwarded port: " + line);
        }
        return new Forward(words[0].equals("*") ? Optional.empty() : Optional.of(Subnet.literal(words[0]).orElseThrow(() -> bad(line))),
                Integer.parseInt(words[1]), Transport.valueOf(words[2].toUpperCase(java.util.Locale.ROOT)),
                Subnet.literal(words[3]).orElseThrow(() -> bad(line)), Integer.parseInt(words[4]),
                words[5].equals("-") ? Optional.empty() : Optional.of(words[5]));
    }

    private static IllegalArgumentException bad(String line) {
        return new IllegalArgumentException("not a forwarded port: " + line);
    }
}
