package overlayd.command;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import overlayd.state.Course;
import overlayd.state.Took;
import overlayd.subject.Shown;

/** The times of a boot as a picture (SVG), a bar each; readable on light and on dark ground, by the reader's own preference. */
final class Timeline {
    private static final int WIDTH = 1000;
    private static final int LABELS = 230;
    private static final int BAR = WIDTH - LABELS - 110;
    private static final int ROW = 22;
    private static final int TOP = 64;
    private static final Map<Course.Kind, String> COLOURS = Map.of(Course.Kind.PLAN, "#8a6fd1", Course.Kind.HOST, "#3f8fd6",
            Course.Kind.NAMESPACES, "#2aa39a", Course.Kind.INIT, "#d08a1d", Course.Kind.SERVICE, "#4fa34f", Course.Kind.READY, "#c7566b");

    private Timeline() {
    }

    /** The whole document. */
    static String of(String name, Course course) {
        long total = Math.max(1, course.micros());
        int height = TOP + ROW * course.spans().size() + 50;
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img">
                <title>boot of %3$s</title>
                <style>
                svg { background: #fff; font: 13px sans-serif; }
                text { fill: #1c1f24; }
                .small { font-size: 12px; fill: #565d68; }
                .grid { stroke: #dde1e7; }
                @media (prefers-color-scheme: dark) {
                svg { background: #16191e; }
                text { fill: #e8eaee; }
                .small { fill: #aab2bf; }
                .grid { stroke: #333a44; }
                }
                </style>
                <text x="16" y="28" font-size="17">boot of %3$s: %4$s</text>
                """.formatted(WIDTH, height, escaped(name), Took.text(total)));
        grid(svg, total, height);
        for (int i = 0; i < course.spans().size(); i++) {
            bar(svg, course.spans().get(i), total, TOP + i * ROW);
        }
        legend(svg, height - 16);
        return svg.append("</svg>\n").toString();
    }

    private static void grid(StringBuilder svg, long total, int height) {
        for (int i = 0; i <= 4; i++) {
            int x = LABELS + BAR * i / 4;
            svg.append("<line class=\"grid\" x1=\"%1$d\" x2=\"%1$d\" y1=\"%2$d\" y2=\"%3$d\"/>%n".formatted(x, TOP - 8, height - 38));
            svg.append("<text class=\"small\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n".formatted(x, TOP - 14,
                    i == 0 ? "0" : Took.text(total * i / 4)));
        }
    }

    private static void bar(StringBuilder svg, Course.Span span, long total, int y) {
        double x = LABELS + (double) BAR * span.start() / total;
        double width = Math.max(1.5, (double) BAR * span.micros() / total);
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n".formatted(LABELS - 10, y + 15, escaped(shown(span))));
        svg.append(String.format(Locale.ROOT, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n", x, y + 3, width, ROW - 6,
                COLOURS.get(span.kind())));
        svg.append(String.format(Locale.ROOT, "<text class=\"small\" x=\"%.1f\" y=\"%d\">%s</text>%n", x + width + 5, y + 15,
                Took.text(span.micros())));
    }

    private static String shown(Course.Span span) {
        String text = span.name().length() > 30 ? span.name().substring(0, 29) + "…" : span.name();
        return Shown.of(text);
    }

    private static void legend(StringBuilder svg, int y) {
        int x = LABELS;
        for (Course.Kind kind : List.of(Course.Kind.values())) {
            svg.append("<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" rx=\"2\" fill=\"%s\"/>%n".formatted(x, y - 10, COLOURS.get(kind)));
            svg.append("<text class=\"small\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(x + 17, y, kind.name().toLowerCase(Locale.ROOT)));
            x += 110;
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
