package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads every SHARE: {@code hostpath[:subhostpath][,ro]}. */
final class ShareReader {
    /** Mounted over afterwards, or the root itself. */
    private static final Set<String> COVERED = Set.of("/", "/proc", "/.reaper");

    private final Values values;
    private final Findings findings;
    private final Set<Path> targets = new HashSet<>();

    private ShareReader(Values values) {
        this.values = values;
        this.findings = values.findings();
    }

    static List<Share> read(Values values) {
        ShareReader reader = new ShareReader(values);
        List<Share> shares = new ArrayList<>();
        for (Located text : values.all(ConfigKey.SHARE)) {
            StrayQuotes.look(ConfigKey.SHARE, text, values.findings());
            reader.share(text, shares);
        }
        return shares;
    }

    private void share(Located text, List<Share> shares) {
        Share.Access access = text.text().endsWith(",ro") ? Share.Access.READ_ONLY : Share.Access.READ_WRITE;
        boolean suffix = access == Share.Access.READ_ONLY || text.text().endsWith(",rw");
        Located paths = suffix ? text.slice(0, text.text().length() - 3) : text;
        List<Located> parts = paths.atColons();
        if (parts.size() > 2 || parts.stream().anyMatch(Located::isEmpty)) {
            findings.add(Rule.SHARE_SYNTAX, text.at(), ConfigParser.clip(text.text()) + " is not a share",
                    "write hostpath, hostpath:subhostpath, either with ,ro; a colon in a name as \\:");
            return;
        }
        Path host = values.path(parts.get(0).text());
        Located target = parts.get(parts.size() - 1);
        Path subhost = parts.size() == 1 ? host : inner(target);
        if (isFree(target, subhost)) shares.add(new Share(host, subhost, access, text.at()));
    }

    /** A path in the subhost; a relative one is meant from its root. */
    private static Path inner(Located text) {
        Path clean = Path.of("/");
        for (Path name : Path.of("/").resolve(ByteText.path("/" + text.text().replace("\0", "")))) {
            if (!name.toString().equals(".")) clean = clean.resolve(name);
        }
        return clean;
    }

    private boolean isFree(Located at, Path subhost) {
        for (Path name : subhost) {
            if (name.toString().equals("..")) {
                findings.add(Rule.SHARE_SYNTAX, at.at(), "a path in the subhost may not hold ..", "write it out");
                return false;
            }
        }
        String shown = ByteText.of(subhost);
        if (COVERED.contains(shown) || shown.startsWith("/proc/")) {
            findings.add(Rule.SHARE_TARGET, at.at(), "nothing can be shared on " + shown + " of the subhost",
                    "choose another path: hostpath:subhostpath");
            return false;
        }
        if (!targets.add(subhost)) {
            findings.add(Rule.SHARE_TWICE, at.at(), "two shares on " + shown + " of the subhost", "remove one of them");
            return false;
        }
        return true;
    }
}
