package overlayd.command;

import java.util.ArrayList;
import java.util.List;
import overlayd.report.Rows;
import overlayd.subject.Shown;

/** Rows under headings, as wide as needed: columns two blanks apart, no trailing blanks, so that awk can split what is piped. */
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** A table without headings. */
    Table() {
    }

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row; an empty cell becomes {@code -}, so that columns can be counted. */
    void row(String... cells) {
        rows.add(java.util.Arrays.stream(cells).map(cell -> cell.isEmpty() ? "-" : Shown.of(cell).replace('\n', ' ')).toList());
    }

    /** The lines. {@code width}: a line is cut there; 0 for none. */
    List<String> lines(int width) {
        if (rows.isEmpty()) {
            return List.of();
        }
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        });
        return rows.stream().map(row -> cut(line(row, widths), width)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - length(row.get(i)))).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static String cut(String line, int width) {
        return width <= 0 || length(line) <= width ? line : line.substring(0, line.offsetByCodePoints(0, width));
    }
}
