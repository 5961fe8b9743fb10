package overlayd.upper;

import java.util.ArrayList;
import java.util.List;

/** Lines for a reader, who needs no million of them: the first ones, and how many more there are. */
final class FirstLines {
    private static final int MOST = 1000;

    private final List<String> lines = new ArrayList<>();
    private long more;

    void add(String line) {
        if (lines.size() < MOST) {
            lines.add(line);
        } else {
            more++;
        }
    }

    List<String> lines() {
        List<String> all = new ArrayList<>(lines);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return all;
    }
}
