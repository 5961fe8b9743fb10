package overlayd.config;

/** A quotation mark in a path is legal and nearly always a mistake. */
final class StrayQuotes {
    private StrayQuotes() {}

    static void look(ConfigKey key, Located text, Findings findings) {
        if (text.isEmpty()) return;
        char first = text.text().charAt(0);
        char last = text.text().charAt(text.text().length() - 1);
        boolean opens = first == '"' || first == '\'';
        if (opens || last == '"' || last == '\'') {
            findings.add(Rule.STRAY_QUOTE, text.at(opens ? 0 : text.text().length() - 1),
                    "the quotation mark is part of the value of " + key, "enclose the whole value or nothing");
        }
    }
}
