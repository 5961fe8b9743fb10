package overlayd.subject;

/** Text that came from elsewhere (file names, programs, a subhost) for a terminal: nothing in it is obeyed as a control sequence. */
public final class Shown {
    /** A byte that is no UTF-8 (RawText): U+DC00 + byte. */
    private static final int RAW_BYTE = 0xdc00;

    private Shown() {
    }

    /** The same with control characters but line feed and tab as {@code \xNN}, and what changes the order of a line as {@code \}{@code uNNNN}. */
    public static String of(String text) {
        if (text.chars().noneMatch(Shown::isHidden)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (!isHidden(c)) {
                shown.append((char) c);
            } else if (c <= 0xff || c >= RAW_BYTE) {
                shown.append(String.format("\\x%02x", c & 0xff));
            } else {
                shown.append(String.format("\\u%04x", c));
            }
        });
        return shown.toString();
    }

    private static boolean isHidden(int c) {
        return isControl(c) || isControl(c - RAW_BYTE) || c == 0x2028 || c == 0x2029 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
    }

    /** C0 but line feed and tab, delete, and C1, which some terminals obey too. */
    private static boolean isControl(int c) {
        return c >= 0 && c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0;
    }
}
