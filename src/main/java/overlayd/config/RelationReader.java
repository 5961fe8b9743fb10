package overlayd.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads AFTER, REQUIRES and AUTOSTART. */
final class RelationReader {
    private final Values values;
    private final String own;
    private final List<Relations.Relation> list = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private RelationReader(Values values, String own) {
        this.values = values;
        this.own = own;
    }

    /** {@code own}: the subhost's own name. */
    static Relations read(Values values, String own) {
        RelationReader reader = new RelationReader(values, own);
        // What is required is waited for anyhow, so it is the other one that is too much.
        values.text(ConfigKey.REQUIRES).words().forEach(word -> reader.name(word, ConfigKey.REQUIRES, Relations.Kind.REQUIRES));
        values.text(ConfigKey.AFTER).words().forEach(word -> reader.name(word, ConfigKey.AFTER, Relations.Kind.AFTER));
        return new Relations(reader.list, reader.autostart());
    }

    private void name(Located word, ConfigKey key, Relations.Kind kind) {
        if (!ConfigReader.isName(word.text())) {
            values.findings().add(Rule.RELATION_NAME, word.at(), ConfigParser.clip(word.text()) + " of " + key + " is no name of a subhost",
                    "write the NAMEs of other subhosts, not their files, with blanks between");
        } else if (word.text().equals(own)) {
            values.findings().add(Rule.ORDER_CYCLE, word.at(), own + " waits for itself", "remove its own name from " + key);
        } else if (!names.add(word.text())) {
            values.findings().add(Rule.RELATION_TWICE, word.at(), word.text() + " is twice in REQUIRES and AFTER",
                    "remove one of them; what is required is waited for");
        } else {
            list.add(new Relations.Relation(kind, word.text(), word.at()));
        }
    }

    private boolean autostart() {
        Located text = values.text(ConfigKey.AUTOSTART);
        if (!text.text().equals("yes") && !text.text().equals("no")) {
            values.findings().add(Rule.CHOICE, text.at(), "AUTOSTART is not " + ConfigParser.clip(text.text()), "write yes or no");
        }
        return text.text().equals("yes");
    }
}
