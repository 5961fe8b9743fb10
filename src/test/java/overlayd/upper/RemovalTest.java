package overlayd.upper;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalTest {
    @TempDir
    Path place;

    @Test
    void a_tree_goes_with_all_that_is_in_it_and_nothing_that_it_leads_to() throws IOException {
        Path stays = Files.writeString(Files.createDirectory(place.resolve("stays")).resolve("file"), "x");
        Path tree = Files.createDirectories(place.resolve("tree/a/b/c"));
        Files.writeString(tree.resolve("file"), "x");
        Files.createSymbolicLink(tree.resolve("link"), stays.getParent());
        Files.createSymbolicLink(place.resolve("tree/a/loop"), Path.of("loop"));
        Files.createDirectories(place.resolve("tree/.removed.0/.removed.1"));
        Removal.remove(place.resolve("tree"));
        assertFalse(Files.exists(place.resolve("tree"), LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.exists(stays));
    }

    @Test
    void a_tree_deeper_than_a_path_is_long_goes_too() throws IOException {
        Path top = Files.createDirectory(place.resolve("top"));
        String name = "d".repeat(200);
        // Deeper than a path is long by moving what was made below another one.
        for (int i = 0; i < 30; i++) {
            Path above = Files.createDirectory(place.resolve("above"));
            Files.move(top, above.resolve(name));
            Files.move(above, top);
        }
        Removal.remove(top);
        assertFalse(Files.exists(top, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void what_is_no_directory_and_what_is_not_there_stays_as_it_is() throws IOException {
        Path file = Files.writeString(place.resolve("file"), "x");
        Removal.remove(file);
        Removal.remove(place.resolve("nothing"));
        assertTrue(Files.exists(file));
    }
}
