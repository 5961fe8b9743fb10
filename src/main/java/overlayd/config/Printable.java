package overlayd.config;

/** Text from a file made safe to show: a control character would move the reader's cursor or end a line. */
final class Printable {
    private Printable() {}

    static String of(String text) {
        if (text.codePoints().noneMatch(Printable::isControl)) return text;
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (isControl(c)) out.append(String.format("\\x%02x", c));
            else out.appendCodePoint(c);
        });
        return out.toString();
    }

    /** C0, DEL and C1 controls; the line and paragraph separators and bidirectional overrides. */
    static boolean isControl(int c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029
                || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }
}
