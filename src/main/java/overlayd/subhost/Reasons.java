package overlayd.subhost;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is said of a subhost that is degraded: one text of several reasons, in the order in which they came. Pure. */
final class Reasons {
    private static final String AND = ", ";
    private static final Pattern STARVED = Pattern.compile("(, )?out of memory killed .*?( \\(pid [0-9]+\\)|a process)(, [0-9]+ in all)?");

    private Reasons() {
    }

    /** Whether {@code reason} is among them. */
    static boolean has(String reasons, String reason) {
        return list(reasons).contains(reason);
    }

    static String with(String reasons, String reason) {
        return reasons.isEmpty() ? reason : reasons + AND + reason;
    }

    static String without(String reasons, String reason) {
        return list(reasons).stream().filter(other -> !other.equals(reason)).collect(Collectors.joining(AND));
    }

    /** With {@code reason} in the place of what was said of earlier processes killed for want of memory. */
    static String starved(String reasons, String reason) {
        return with(STARVED.matcher(reasons).replaceAll(""), reason);
    }

    private static List<String> list(String reasons) {
        return Arrays.asList(reasons.split(AND));
    }
}
