package overlayd.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import overlayd.config.Init;
import overlayd.config.SubhostConfig;
import overlayd.unit.Unit;
import overlayd.unit.UnitProblem;
import overlayd.unit.UnitScript;

/** Which services of START are started: of the default list only those that are there; of an explicit one all; none for a full init. */
final class Services {
    private Services() {
    }

    static List<String> toStart(SubhostConfig config, HostFacts facts) {
        if (config.boot().init() instanceof Init.FullInit) {
            return List.of(); // it has its own idea of what to start, and to stop
        }
        return config.boot().services().list().stream().map(overlayd.config.Services.Service::word)
                .filter(word -> !config.boot().services().isDefault() || offered(facts, word)).toList();
    }

    /** The start-stop scripts of those services that are unit files. */
    static Map<String, String> unitScripts(SubhostConfig config, HostFacts facts, List<String> services) {
        Map<String, String> scripts = new LinkedHashMap<>();
        for (String service : services) {
            if (facts.units().containsKey(service)) {
                try {
                    scripts.put(service, UnitScript.text(Unit.of(facts.units().get(service)), config.timeouts().start().toSeconds(),
                            config.timeouts().stop().toSeconds()));
                } catch (UnitProblem refused) {
                    throw new IllegalStateException("the rules have passed " + service, refused);
                }
            }
        }
        return scripts;
    }

    /** What the root has for {@code word}; nothing is known where it could not be looked at. */
    static HostFacts.Service of(HostFacts facts, String word) {
        return facts.services().getOrDefault(word, HostFacts.Service.INIT_SCRIPT);
    }

    private static boolean offered(HostFacts facts, String word) {
        HostFacts.Service offer = of(facts, word);
        return offer == HostFacts.Service.INIT_SCRIPT || offer == HostFacts.Service.PROGRAM || offer == HostFacts.Service.UNIT;
    }
}
