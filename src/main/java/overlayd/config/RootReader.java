package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static overlayd.config.ConfigKey.LIVE;
import static overlayd.config.ConfigKey.LOWER;
import static overlayd.config.ConfigKey.UPPER;
import static overlayd.config.ConfigKey.WORK;

/** Reads LIVE, LOWER, UPPER and WORK, and what they are to each other. */
final class RootReader {
    /** Overlayfs takes no more (fs/overlayfs, OVL_MAX_STACK). */
    private static final int MOST_LOWERS = 500;
    private static final Set<String> LATER = Set.of("stack", "image", "oci");
    private static final String THROW_AWAY = "tmp:";

    private final Values values;
    private final Findings findings;

    RootReader(Values values) {
        this.values = values;
        this.findings = values.findings();
    }

    Root read() {
        Path live = path(LIVE);
        List<Path> lowers = lowers();
        if (values.text(UPPER).text().startsWith(THROW_AWAY)) return throwAway(live, lowers);
        Path upper = path(UPPER);
        Path work = path(WORK);
        RootKind kind = kind(live, lowers, upper);
        if (kind == RootKind.OVERLAY) overlay(new Root(kind, live, lowers, upper, work));
        return new Root(kind, live, lowers, upper, work);
    }

    private Path path(ConfigKey key) {
        Located text = values.text(key);
        StrayQuotes.look(key, text, findings);
        return values.path(text.text().isEmpty() ? "." : text.text());
    }

    /** UPPER=tmp:[size]: always an overlay; WORK lies beside the upperdir, whatever it says. */
    private Root throwAway(Path live, List<Path> lowers) {
        Located text = values.text(UPPER);
        String size = text.text().substring(THROW_AWAY.length());
        if (values.isSet(WORK)) {
            findings.add(Rule.WORK_OF_THROW_AWAY, values.at(WORK), "WORK has no effect beside UPPER=" + THROW_AWAY, "take it out");
        }
        RamSize bound = size.isEmpty() ? new RamSize.Percent(50) : SizeReader.bounded(values, UPPER, text.from(THROW_AWAY.length()));
        Path place = new Root(RootKind.OVERLAY, live, lowers, live, live).throwAwayPlace();
        Root root = new Root(RootKind.OVERLAY, live, lowers, place.resolve("upper"), place.resolve("work"), Optional.of(bound));
        if (lowers.contains(live)) overlay(root);
        return root;
    }

    private List<Path> lowers() {
        Located text = values.text(LOWER);
        StrayQuotes.look(LOWER, text, findings);
        List<Path> lowers = new ArrayList<>();
        String first = text.text().split(":", 2)[0];
        if (text.text().contains(":") && LATER.contains(first)) {
            laterLower(text.at(), first);
            return List.of(Path.of("/"));
        }
        List<Located> elements = text.atColons();
        if (elements.size() > MOST_LOWERS) {
            findings.add(Rule.LOWER_TOO_MANY, text.at(), "LOWER has " + elements.size() + " directories",
                    "the kernel takes at most " + MOST_LOWERS);
            return List.of(Path.of("/"));
        }
        for (Located element : elements) lower(element, lowers);
        return lowers.isEmpty() ? List.of(Path.of("/")) : lowers;
    }

    private void lower(Located element, List<Path> lowers) {
        String text = element.text();
        if (text.isEmpty()) {
            findings.add(Rule.LOWER_EMPTY, element.at(), "empty directory name in LOWER", "remove one colon");
            return;
        }
        if (LATER.contains(text)) {
            laterLower(element.at(), text);
            return;
        }
        Path path = values.path(text);
        if (lowers.contains(path)) {
            findings.add(Rule.LOWER_TWICE, element.at(), "LOWER has " + ByteText.of(path) + " twice", "remove one of them");
        }
        lowers.add(path);
    }

    private void laterLower(Position at, String kind) {
        later(at, "LOWER=" + kind + ":...", "name directories; write ./" + kind + " for a directory of that name");
    }

    private void later(Position at, String what, String remedy) {
        findings.add(Rule.NOT_IN_THIS_VERSION, at, what + " is not in this version", remedy);
    }

    private RootKind kind(Path live, List<Path> lowers, Path upper) {
        if (lowers.size() > 1) return RootKind.OVERLAY;
        if (live.equals(lowers.get(0))) return RootKind.PREMOUNTED;
        return upper.equals(lowers.get(0)) ? RootKind.BIND : RootKind.OVERLAY;
    }

    private void overlay(Root root) {
        if (root.lowers().contains(root.live())) {
            findings.add(Rule.LOWER_IS_LIVE, firstSet(LIVE, LOWER), "LIVE is one of several LOWER directories",
                    "a pre-mounted root is LIVE alone in LOWER; else choose another LIVE");
        }
        if (root.lowers().contains(root.upper())) {
            findings.add(Rule.UPPER_IS_LOWER, firstSet(UPPER, LOWER), "UPPER is one of several LOWER directories",
                    "choose another UPPER");
        }
        if (root.upper().equals(root.live())) {
            findings.add(Rule.UPPER_IS_LIVE, firstSet(UPPER, LIVE), "UPPER and LIVE are the same directory "
                    + ByteText.of(root.upper()), "choose another UPPER or LIVE");
        }
        boolean inside = root.work().startsWith(root.upper()) || root.upper().startsWith(root.work());
        if (inside) {
            findings.add(Rule.WORK_INSIDE_UPPER, firstSet(WORK, UPPER), "WORK " + ByteText.of(root.work()) + " and UPPER "
                    + ByteText.of(root.upper()) + " are one inside the other", "choose two directories side by side");
        }
    }

    private Position firstSet(ConfigKey one, ConfigKey other) {
        return Optional.of(one).filter(values::isSet).map(values::at).orElseGet(() -> values.at(other));
    }
}
