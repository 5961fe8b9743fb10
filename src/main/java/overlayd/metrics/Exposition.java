package overlayd.metrics;

import java.util.Locale;

/** Writes Prometheus' text format, version 0.0.4: a family's HELP and TYPE, then its samples. */
final class Exposition {
    private final StringBuilder text = new StringBuilder();
    private String family = "";

    /** Begins a family; {@code type}: counter, gauge or summary. */
    Exposition family(String name, String type, String help) {
        family = name;
        text.append("# HELP ").append(name).append(' ').append(help.replace("\\", "\\\\").replace("\n", "\\n")).append('\n')
                .append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** A sample of the family; {@code labels}: name, value, name, value. */
    Exposition sample(double value, String... labels) {
        return named(family, value, labels);
    }

    /** The two samples of a summary without quantiles. */
    Exposition summary(long count, double sum) {
        return named(family + "_sum", sum).named(family + "_count", count);
    }

    private Exposition named(String name, double value, String... labels) {
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"").append(escaped(labels[i + 1])).append('"');
        }
        text.append(labels.length > 0 ? "} " : " ").append(number(value)).append('\n');
        return this;
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** Whole numbers without a fraction, also large ones. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53 ? Long.toString((long) value) : String.format(Locale.ROOT, "%.6f", value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
