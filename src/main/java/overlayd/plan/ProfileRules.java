package overlayd.plan;

import java.util.List;
import overlayd.config.ConfigKey;
import overlayd.config.Position;
import overlayd.config.Services.Service;
import overlayd.config.SubhostConfig;

/**
 * Profiles of the host's AppArmor that attach to a subhost's programs: the kernel takes the path as the process sees it, and that is the same
 * in a subhost. No mistake, often a second wall; but what a service there needs otherwise is refused, and nothing in the subhost tells why.
 */
final class ProfileRules {
    private ProfileRules() {
    }

    static void check(SubhostConfig config, HostFacts facts, Findings found) {
        for (Service service : config.boot().services().list()) {
            facts.profiles().getOrDefault(service.word(), List.of()).forEach(profile -> note(found, service.at(), profile));
        }
        facts.profiles().getOrDefault(HostFacts.WHOLE_ROOT, List.of()).forEach(profile -> note(found, config.at(ConfigKey.INIT), profile));
    }

    private static void note(Findings found, Position at, HostProfile profile) {
        found.add(HostRule.PROFILE_ATTACHES, at, "the host's AppArmor profile " + profile.name() + " (" + profile.mode() + ") holds for "
                + profile.program() + " in the subhost, too",
                "what it refuses is in the host's kernel log; allow it in the host's /etc/apparmor.d/local, switch the profile off there (aa-disable, or"
                + " apparmor_parser -R), or have the subhost run a copy of the program at another path");
    }
}
