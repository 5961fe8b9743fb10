package overlayd.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import overlayd.config.Addressing;
import overlayd.config.Cable;
import overlayd.config.ConfigKey;
import overlayd.config.SubhostConfig;
import overlayd.config.Subnet;
import overlayd.config.Vlan;

/** The files of /etc that a subhost is given: what is in them, and which of them. */
final class EtcFiles {
    private final SubhostConfig config;
    private final HostFacts facts;

    EtcFiles(SubhostConfig config, HostFacts facts) {
        this.config = config;
        this.facts = facts;
    }

    /** The file upstream's built-in PREMOUNT means to write: lo, and a stanza for each cable that leaves the address to the admin. */
    String interfaces() {
        StringBuilder text = new StringBuilder("# made by overlayd, because UPPER had none; yours from now on\nauto lo\niface lo inet loopback\n");
        for (Cable cable : config.cables()) {
            text.append("\nauto %1$s\niface %1$s inet manual\n".formatted(cable.subhostEnd()));
            for (Vlan vlan : cable.vlans()) {
                text.append("\nauto %1$s\niface %1$s inet manual\n".formatted(cable.subhostEnd() + "." + vlan.tag()));
            }
        }
        return text.toString();
    }

    /** The steps for those that are bound over the root's own. */
    void addTo(List<MountStep> steps) {
        String hostname = config.boot().hostname().orElse(facts.hostname());
        steps.add(new MountStep.BindContent("/etc/hostname", hostname + "\n"));
        steps.add(new MountStep.BindContent("/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\t" + hostname
                + "\n::1\tlocalhost ip6-localhost ip6-loopback\n"));
        resolvConf().ifPresent(steps::add);
        steps.add(new MountStep.BindContent("/etc/adjtime", "0.0 0 0.0\n0\nUTC\n"));
    }

    /**
     * As the seed has it where neither ADDRESS nor DNS is set. With them it is the configuration's word and not the subhost's, but for what
     * a DHCP server is to say.
     */
    Optional<MountStep> resolvConf() {
        String file = "/etc/resolv.conf";
        Addressing addressing = config.addressing();
        boolean ours = config.sets(ConfigKey.DNS) || addressing.dns().servers() != Addressing.Servers.HOST;
        if (addressing.dns().servers() == Addressing.Servers.NONE || !ours && !addressing.from(Addressing.Source.DHCP).isEmpty()) {
            return Optional.empty();
        }
        if (!ours && !addressing.isSet()) {
            return config.hooks().postmount().isPresent() ? Optional.empty() : Optional.of(new MountStep.BindContent(file, facts.resolvConf()));
        }
        if (!ours && config.hooks().postmount().isPresent()) {
            return Optional.empty();
        }
        String text = addressing.dns().servers() == Addressing.Servers.HOST ? facts.resolvConf()
                : addressing.dns().listed().stream().map(server -> "nameserver " + Subnet.text(server) + "\n").collect(Collectors.joining());
        return Optional.of(new MountStep.BindContent(file, text, MountStep.BindContent.Hold.READ_ONLY));
    }
}
