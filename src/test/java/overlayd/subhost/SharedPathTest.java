package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.plan.HostFacts;

class SharedPathTest {
    private Path top;
    private final List<Path> asked = new ArrayList<>();

    @BeforeEach
    void real(@TempDir Path directory) throws IOException {
        top = directory.toRealPath();
        Files.createDirectories(top.resolve("tenant/data"));
        Files.createDirectory(top.resolve("host"));
    }

    private SharedPath of(Path path) throws IOException {
        return SharedPath.of(path, place -> {
            asked.add(place);
            return place.startsWith(top.resolve("tenant")) ? Optional.of("web") : Optional.empty();
        });
    }

    @Test
    void a_path_without_links_is_itself_and_nobody_is_asked() throws IOException {
        assertEquals(new SharedPath(top.resolve("tenant/data"), Optional.empty()), of(top.resolve("tenant/./data/../data")));
        assertEquals(List.of(), asked);
    }

    @Test
    void a_link_of_the_hosts_own_is_followed() throws IOException {
        Files.createSymbolicLink(top.resolve("link"), Path.of("tenant"));
        assertEquals(new SharedPath(top.resolve("tenant/data"), Optional.empty()), of(top.resolve("link/data")));
        assertEquals(List.of(top.resolve("link")), asked);
    }

    @Test
    void the_first_link_that_a_root_can_change_is_told() throws IOException {
        Path link = Files.createSymbolicLink(top.resolve("tenant/out"), Path.of("../host"));
        Files.createSymbolicLink(top.resolve("link"), link);
        Files.createSymbolicLink(top.resolve("host/back"), top.resolve("tenant/data"));
        assertEquals(new SharedPath(top.resolve("tenant/data"), Optional.of(new HostFacts.Kept(link, "web"))), of(top.resolve("link/back")));
    }

    @Test
    void what_is_missing_is_as_it_is_written() throws IOException {
        assertEquals(top.resolve("host/none/x"), of(top.resolve("host/none/x")).real());
    }

    @Test
    void a_circle_ends() throws IOException {
        Files.createSymbolicLink(top.resolve("circle"), Path.of("circle"));
        assertThrows(IOException.class, () -> of(top.resolve("circle/x")));
    }
}
