package overlayd.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity;

class LinkedNamesTest {
    private final FirstNames names = new FirstNames();

    private static FileDetail file(long inode, long links) {
        return new FileDetail(new FileIdentity(1, inode, FileIdentity.Kind.REGULAR, 0644, 0, 0, links, 0, 0, 0, false), 0, 0);
    }

    @Test
    void further_names_lead_to_the_first_until_all_were_seen() {
        assertEquals(Optional.empty(), names.of(file(7, 3)));
        names.put(file(7, 3), "a");
        assertEquals(Optional.of("a"), names.of(file(7, 3)));
        assertEquals(Optional.empty(), names.of(file(8, 3)));
        assertEquals(Optional.of("a"), names.of(file(7, 3)));
        assertEquals(Optional.empty(), names.of(file(7, 3)), "it is forgotten");
    }

    @Test
    void a_file_with_one_name_is_not_remembered() {
        names.put(file(7, 1), "a");
        assertEquals(Optional.empty(), names.of(file(7, 1)));
    }

    @Test
    void of_many_lines_the_first_are_kept_and_the_others_counted() {
        FirstLines lines = new FirstLines();
        assertEquals(List.of(), lines.lines());
        for (int i = 0; i < 1234; i++) {
            lines.add("line " + i);
        }
        assertEquals(1001, lines.lines().size());
        assertEquals("line 999", lines.lines().get(999));
        assertEquals("and 234 more", lines.lines().get(1000));
    }
}
