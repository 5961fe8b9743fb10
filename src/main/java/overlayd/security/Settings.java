package overlayd.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import overlayd.config.ByteText;
import overlayd.config.Capability;
import overlayd.config.Security;

/** What of the security keys is not as by default, as KEY=value in the order of the manual. */
final class Settings {
    private Settings() {
    }

    static List<String> of(Security security) {
        List<String> settings = new ArrayList<>();
        boolean compat = security.profile() == Security.Profile.COMPAT;
        if (compat) {
            settings.add("PROFILE=compat");
        }
        List<String> caps = new ArrayList<>(signed("+", security.added().stream().map(Capability::word).toList()));
        caps.addAll(signed("-", security.taken().stream().map(Capability::word).toList()));
        add(settings, "CAPS", caps);
        boolean on = security.filter() == Security.Filter.ON;
        List<String> calls = new ArrayList<>(on == compat && security.allowed().isEmpty() && security.denied().isEmpty()
                ? List.of(on ? "yes" : "no") : List.of());
        calls.addAll(signed("+", security.allowed()));
        calls.addAll(signed("-", security.denied()));
        add(settings, "SECCOMP", calls);
        if (security.userns().wanted()) {
            settings.add("USERNS=" + security.userns().range().map(Object::toString).orElse("auto"));
        }
        if (security.nesting() == Security.Nesting.ALLOWED) {
            settings.add("NESTING=yes");
        }
        add(settings, "DEVICES", security.devices().stream().map(ByteText::of).toList());
        List<String> hidden = new ArrayList<>(security.secrets() == Security.Secrets.HIDDEN ? List.of("secrets") : List.of());
        security.hidden().forEach(path -> hidden.add(ByteText.of(path)));
        add(settings, "HIDE", hidden);
        return settings;
    }

    private static void add(List<String> settings, String key, Collection<String> words) {
        if (!words.isEmpty()) {
            settings.add(key + "=" + String.join(" ", words));
        }
    }

    private static List<String> signed(String sign, Collection<String> words) {
        return words.stream().sorted().map(word -> sign + word).collect(Collectors.toList());
    }
}
