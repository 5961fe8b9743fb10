package overlayd.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static overlayd.config.ConfigKey.PUBLISH;

/** Reads PUBLISH: {@code [address:]port:port[/udp]}, between blanks or commas. */
final class PublishReader {
    private static final Pattern WORD = Pattern.compile("(?:(\\[[0-9A-Fa-f:.]+\\]|[0-9.]+):)?([0-9]{1,5}):([0-9]{1,5})(?:/(tcp|udp))?");
    private static final int LAST_PORT = 65_535;

    private PublishReader() {}

    static List<Addressing.Publication> read(Values values) {
        Located text = values.text(PUBLISH);
        List<Addressing.Publication> published = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Located word : new Located(text.text().replace(',', ' '), text.line(), text.columns()).words()) {
            word(word, values.findings()).filter(one -> fresh(one, seen, word, values.findings())).ifPresent(published::add);
        }
        return published;
    }

    private static Optional<Addressing.Publication> word(Located word, Findings findings) {
        Matcher parts = WORD.matcher(word.text());
        if (!parts.matches()) {
            findings.add(Rule.PUBLISH_SYNTAX, word.at(), ConfigParser.clip(word.text()) + " is no port to publish",
                    "write 8080:80 (port of the host : port of the subhost), 53:53/udp, 192.0.2.1:8080:80 or [2001:db8::1]:8080:80");
            return Optional.empty();
        }
        int hostPort = port(word, parts, 2, findings);
        int port = port(word, parts, 3, findings);
        Optional<InetAddress> bound = Optional.ofNullable(parts.group(1)).flatMap(text -> Subnet.literal(text.replaceAll("[\\[\\]]", "")));
        if (parts.group(1) != null && bound.filter(address -> parts.group(1).startsWith("[") != Subnet.isV4(address)).isEmpty()) {
            findings.add(Rule.PUBLISH_SYNTAX, word.at(), ConfigParser.clip(parts.group(1)) + " is no address of the host", "write 192.0.2.1 or [2001:db8::1]");
            return Optional.empty();
        }
        if (hostPort == 0 || port == 0) return Optional.empty();
        return Optional.of(new Addressing.Publication(bound, hostPort, port,
                "udp".equals(parts.group(4)) ? Addressing.Transport.UDP : Addressing.Transport.TCP, word.at()));
    }

    private static int port(Located word, Matcher parts, int group, Findings findings) {
        int port = Integer.parseInt(parts.group(group));
        if (port > 0 && port <= LAST_PORT) return port;
        findings.add(Rule.PUBLISH_SYNTAX, word.at(parts.start(group)), parts.group(group) + " is no port", "ports go from 1 to " + LAST_PORT);
        return 0;
    }

    private static boolean fresh(Addressing.Publication one, Set<String> seen, Located word, Findings findings) {
        String all = one.hostPort() + "/" + one.transport();
        boolean free = one.bound().isPresent() ? !seen.contains(all) && seen.add(all + Subnet.text(one.bound().get()))
                : seen.stream().noneMatch(other -> other.startsWith(all)) && seen.add(all);
        if (free) return true;
        findings.add(Rule.PUBLISH_TWICE, word.at(), "port " + all + " of the host is published twice", "remove one of them");
        return false;
    }
}
