package overlayd.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.state.SubhostRecord;

class LocatorTest {
    @TempDir
    Path temp;
    private Path here;
    private Path installed;
    private final FakeDoor door = new FakeDoor();
    private Locator locator;

    @BeforeEach
    void directories() throws IOException {
        here = Files.createDirectory(temp.toRealPath().resolve("here"));
        installed = Files.createDirectory(temp.toRealPath().resolve("conf.d"));
        locator = new Locator(List.of(installed), door::list);
    }

    private static Path write(Path file, String text) throws IOException {
        return Files.writeString(file, text);
    }

    private Optional<Path> file(String reference) {
        return locator.file(reference, Optional.of(here));
    }

    private Optional<String> name(String reference) {
        return locator.subhost(reference, Optional.of(here)).map(Locator.Named::name);
    }

    private SubhostRecord known(String name, Path file) {
        SubhostRecord placed = FakeDoor.withFile(FakeDoor.record(name, "RUNNING", ""), file);
        door.with(placed);
        return placed;
    }

    @Test
    void a_name_is_looked_for_here_then_in_the_installed_ones() throws IOException {
        assertEquals(Optional.empty(), file("web"));
        Path far = write(installed.resolve("web.conf"), "BASE=/b\n");
        assertEquals(Optional.of(far), file("web"));
        assertEquals(Optional.of(far), file("web.conf"));
        Path near = write(here.resolve("web.conf"), "BASE=/b\n");
        assertEquals(Optional.of(near), file("web"));
        Path nearest = write(here.resolve("web"), "BASE=/b\n");
        assertEquals(Optional.of(nearest), file("web"));
        assertEquals(Optional.of(near), file("web.conf"));
    }

    @Test
    void a_directory_of_the_name_is_no_configuration() throws IOException {
        Files.createDirectory(here.resolve("web"));
        Path file = write(here.resolve("web.conf"), "BASE=/b\n");
        assertEquals(Optional.of(file), file("web"));
    }

    @Test
    void a_path_is_relative_to_the_clients_directory_and_nothing_else_is_tried() throws IOException {
        write(installed.resolve("web.conf"), "BASE=/b\n");
        assertEquals(Optional.empty(), file("./web"));
        Path file = write(here.resolve("web.conf"), "BASE=/b\n");
        assertEquals(Optional.of(file), file("./web"));
        assertEquals(Optional.of(file), file("../here/web.conf"));
        assertEquals(Optional.of(file), file(file.toString()));
        assertEquals(Optional.empty(), locator.file("./web", Optional.empty()));
    }

    @Test
    void dots_after_a_link_lead_where_the_kernel_leads() throws IOException {
        Path other = Files.createDirectories(temp.toRealPath().resolve("far/inner"));
        Path file = write(other.getParent().resolve("x.conf"), "BASE=/b\n");
        Files.createSymbolicLink(here.resolve("link"), other);
        assertEquals(Optional.of(file), file("link/../x.conf"));
    }

    @Test
    void the_file_of_a_known_subhost_is_found_by_its_name() throws IOException {
        Path file = write(temp.toRealPath().resolve("x.conf"), "BASE=/b\nNAME=web\n");
        known("web", file);
        assertEquals(Optional.of(file), file("web"));
    }

    @Test
    void a_known_subhost_is_found_by_name_file_name_and_path_also_when_the_file_is_gone() {
        Path gone = here.resolve("server.conf");
        known("web", gone);
        for (String reference : List.of("web", "web.conf", "server", "server.conf", "./server.conf", "./server", gone.toString(),
                "../here/server.conf")) {
            assertEquals(Optional.of("web"), name(reference), reference);
        }
        assertEquals(Optional.empty(), name("nosuch"));
        assertEquals(Optional.empty(), name(""));
    }

    @Test
    void a_path_that_leads_to_the_same_file_is_the_same_subhost() throws IOException {
        Path file = write(here.resolve("web.conf"), "BASE=/b\n");
        Path link = Files.createSymbolicLink(temp.toRealPath().resolve("other.conf"), file);
        known("web", file);
        assertEquals(Optional.of("web"), name(link.toString()));
    }

    @Test
    void a_file_that_was_never_booted_stands_for_the_name_it_sets() throws IOException {
        write(here.resolve("server.conf"), "BASE=/b\nNAME=web\n");
        assertEquals(Optional.of("web"), name("server"));
        assertEquals(Optional.empty(), locator.subhost("server", Optional.of(here)).orElseThrow().subhost());
        write(here.resolve("broken.conf"), "LOWR=/x\n");
        assertEquals(Optional.of("broken"), name("broken"));
    }
}
