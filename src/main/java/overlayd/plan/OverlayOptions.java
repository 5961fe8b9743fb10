package overlayd.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import overlayd.config.Capability;
import overlayd.config.SubhostConfig;
import overlayd.security.Confinement;

/** The overlayfs options that a subhost's root is mounted with. */
public final class OverlayOptions {
    private static final Map<String, String> USUAL = Map.of("redirect_dir", "on", "metacopy", "off");
    /** For a root that can write trusted xattrs, and so could have any directory below the lowerdirs shown to it. */
    private static final Map<String, String> UNTRUSTED = Map.of("redirect_dir", "nofollow", "metacopy", "off");

    private OverlayOptions() {
    }

    /** Those of {@code config}. Nobody needs what would be written to disk of an upperdir that is thrown away. */
    public static Map<String, String> of(SubhostConfig config) {
        boolean untrusted = Confinement.of(config.security()).capabilities().map(kept -> kept.contains(Capability.SYS_ADMIN)).orElse(true);
        Map<String, String> options = new LinkedHashMap<>(untrusted ? UNTRUSTED : USUAL);
        if (config.root().throwAway().isPresent()) {
            options.put("volatile", "");
        }
        return options;
    }
}
