package overlayd.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Did you mean …? */
public final class Spelling {
    private Spelling() {}

    /**
     * The known name this one was probably meant to be: edit distance at most 2 (a swap of neighbours counts one), or
     * other case only. For known names of up to three letters at most 1, since nearly any short word is two edits away.
     */
    public static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(k -> k.equalsIgnoreCase(word) || distance(word, k) <= (k.length() <= 3 ? 1 : 2))
                .min(Comparator.comparingInt((String k) -> distance(word.toUpperCase(Locale.ROOT), k)).thenComparing(k -> k));
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); 3 means 3 or more. */
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 2) return 3;
        int[] before = new int[b.length() + 1];
        int[] above = new int[b.length() + 1];
        Arrays.setAll(above, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(above[j - 1] + same, 1 + Math.min(above[j], row[j - 1]));
                boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
            }
            before = above;
            above = row;
        }
        return Math.min(3, above[b.length()]);
    }
}
