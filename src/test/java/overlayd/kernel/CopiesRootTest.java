package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Extended attributes, whatever their length. */
@Tag("root")
class CopiesRootTest extends RootTest {
    @Test
    void an_attribute_of_any_length_is_read_wholly() throws Exception {
        Files.createFile(directory.resolve("file"));
        try (Fd root = kernel.files().openPath(directory.toString())) {
            Copies copies = kernel.copies();
            for (int length : new int[] {0, 1, 255, 256, 257, 1500}) {
                byte[] value = new byte[length];
                Arrays.fill(value, (byte) length);
                copies.setAttribute(root, "file", "trusted.x", value);
                assertArrayEquals(value, copies.attribute(root, "file", "trusted.x").orElseThrow(), length + " bytes");
                assertArrayEquals(value, copies.attributes(root, "file").get("trusted.x"), length + " bytes");
            }
            assertEquals(Optional.empty(), copies.attribute(root, "file", "trusted.y"));
            TreeSet<String> names = new TreeSet<>(copies.attributes(root, "file").keySet());
            for (int i = 0; i < 20; i++) {
                String name = "trusted.a-long-name-of-an-attribute-" + i;
                copies.setAttribute(root, "file", name, new byte[] {1});
                names.add(name);
                assertEquals(names, copies.attributes(root, "file").keySet());
            }
        }
    }
}
