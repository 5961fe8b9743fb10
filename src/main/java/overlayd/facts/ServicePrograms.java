package overlayd.facts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import overlayd.config.Init;
import overlayd.config.Services.Service;
import overlayd.config.SubhostConfig;
import overlayd.plan.HostFacts;
import overlayd.plan.HostProfile;
import overlayd.unit.UnitFiles;

/**
 * Which of the host's profiles hold for what a subhost will run. A service's programs are those whose paths its init script, its unit or it
 * itself names; of a full init any program of the root may be one.
 */
public final class ServicePrograms {
    private static final int MOST_BYTES = 1 << 18;
    /** What ifup(8) starts for an interface by dhcp. */
    private static final String DHCP_CLIENTS = " /sbin/dhclient /usr/sbin/dhclient /sbin/dhcpcd /usr/sbin/dhcpcd ";

    private final RootLayers layers;
    private final Map<String, UnitFiles> units;

    public ServicePrograms(RootLayers layers, Map<String, UnitFiles> units) {
        this.layers = layers;
        this.units = units;
    }

    /** By word of the service, or {@link HostFacts#WHOLE_ROOT}. @param loaded all that the host has */
    public Map<String, List<HostProfile>> under(List<HostProfile> loaded, SubhostConfig config) {
        Map<String, List<HostProfile>> found = new HashMap<>();
        List<HostProfile> there = loaded.stream().filter(profile -> layers.target(profile.program()).isPresent()).toList();
        if (there.isEmpty()) {
            return found;
        }
        if (config.boot().init() instanceof Init.FullInit) {
            found.put(HostFacts.WHOLE_ROOT, there);
            return found;
        }
        for (Service service : config.boot().services().list()) {
            String text = text(service);
            List<HostProfile> named = there.stream().filter(profile -> names(text, profile.program())).toList();
            if (!named.isEmpty()) {
                found.put(service.word(), named);
            }
        }
        return found;
    }

    private String text(Service service) {
        if (service.isProgram()) {
            return service.word() + "\n" + layers.text(service.word().substring(1), MOST_BYTES).orElse("");
        }
        if (service.isUnit()) {
            return units.containsKey(service.word()) ? String.join("\n", units.get(service.word()).fragments()) : "";
        }
        String interfaces = service.word().equals("networking") ? layers.text("etc/network/interfaces", MOST_BYTES).orElse("") : "";
        return layers.text("etc/init.d/" + service.word(), MOST_BYTES).orElse("") + (interfaces.contains("dhcp") ? DHCP_CLIENTS : "");
    }

    private static boolean names(String text, String program) {
        return Pattern.compile("(?<![\\w./-])" + Pattern.quote(program) + "(?![\\w./-])").matcher(text).find();
    }
}
