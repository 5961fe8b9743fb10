package overlayd.command;

/** Text that came from elsewhere (file names, programs, a subhost) for a terminal: nothing in it is obeyed as a control sequence. */
final class Shown {
    private Shown() {
    }

    /** The same with control characters but line feed and tab as {@code \xNN}. */
    static String of(String text) {
        if (text.chars().noneMatch(Shown::isControl)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (isControl(c)) {
                shown.append(String.format("\\x%02x", c));
            } else {
                shown.append((char) c);
            }
        });
        return shown.toString();
    }

    /** C0 but line feed and tab, delete, and C1, which some terminals obey too. */
    private static boolean isControl(int c) {
        return c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0;
    }
}
