package overlayd.facts;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.plan.InitSystem;

/** Looks into the layers of a root for the init that INIT names: which system it is, by where its links lead. Reads only, never leaves a layer. */
public final class InitFinder {
    private static final Pattern SHARED = Pattern.compile("libsystemd-shared-([0-9]{2,4})\\b.*\\.so");
    private static final List<String> LIBRARIES = List.of("usr/lib/x86_64-linux-gnu/systemd", "usr/lib/aarch64-linux-gnu/systemd",
            "usr/lib/systemd", "lib/systemd", "usr/lib64/systemd");

    private final RootLayers layers;

    public InitFinder(RootLayers layers) {
        this.layers = layers;
    }

    /** @param program absolute path in the root. Empty: no layer has it */
    public Optional<InitSystem> find(String program) {
        return layers.target(program).map(path -> {
            InitSystem.Kind kind = InitSystem.kind(path);
            return new InitSystem(kind, kind == InitSystem.Kind.SYSTEMD ? version() : OptionalInt.empty());
        });
    }

    /** systemd's version is part of the name of its own library. */
    private OptionalInt version() {
        return LIBRARIES.stream().flatMap(place -> layers.names(place).stream()).map(SHARED::matcher).filter(Matcher::matches)
                .mapToInt(match -> Integer.parseInt(match.group(1))).findFirst();
    }
}
