package overlayd.config;

/** Replaces {@code $KEY} and {@code ${KEY}}. */
interface Variables {
    /** Nothing is replaced: text that a command printed. */
    Variables NONE = (in, i, out) -> {
        out.put(in.text().charAt(i), in.columns()[i]);
        return i + 1;
    };

    /**
     * Writes what the {@code $} at {@code i} stands for to {@code out}.
     *
     * @return the index after what was replaced, at least {@code i + 1}
     */
    int replace(Located in, int i, Located.Writer out);

    /** The whole text with everything replaced. */
    default Located replaceAll(Located in) {
        if (in.text().indexOf('$') < 0) return in;
        Located.Writer out = new Located.Writer(in.line());
        int i = 0;
        while (i < in.text().length()) {
            if (in.text().charAt(i) == '$') {
                i = replace(in, i, out);
            } else {
                out.put(in.text().charAt(i), in.columns()[i]);
                i++;
            }
        }
        return out.end(in.columns()[in.text().length()]);
    }
}
