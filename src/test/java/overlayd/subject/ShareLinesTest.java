package overlayd.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.subhost.LiveShare;

class ShareLinesTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void file() throws IOException {
        file = Files.writeString(directory.resolve("web.conf"), "# mine\nBASE=/srv/web\nSHARE=/a:/b,ro\nODD LINE");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private ShareLines lines() throws IOException {
        return ShareLines.of(new Locator.Named("web", Optional.empty(), Optional.of(file)));
    }

    private static LiveShare share(String host, String target, boolean readOnly) {
        return new LiveShare(Path.of(host), Path.of(target), readOnly);
    }

    @Test
    void a_share_is_a_line_and_nothing_else_changes() throws IOException {
        lines().add(share("/srv/x:y\\z", "/srv/x:y\\z", false));
        assertEquals("# mine\nBASE=/srv/web\nSHARE=/a:/b,ro\nODD LINE\nSHARE=/srv/x\\:y\\\\z\n", Files.readString(file));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void one_for_the_same_path_is_replaced_and_taken_out_again() throws IOException {
        lines().add(share("/c", "/b", false));
        assertEquals("# mine\nBASE=/srv/web\nSHARE=/c:/b\nODD LINE", Files.readString(file));
        assertTrue(lines().remove(Path.of("/b")));
        assertEquals("# mine\nBASE=/srv/web\nODD LINE", Files.readString(file));
        assertFalse(lines().remove(Path.of("/b")));
    }

    @Test
    void what_would_be_read_otherwise_is_not_written() throws IOException {
        String before = Files.readString(file);
        for (String path : List.of("/srv/x,ro", "/srv/$NAME", "/srv/two\nlines", "/srv/end ")) {
            assertThrows(IOException.class, () -> lines().add(share(path, path, false)), path);
        }
        assertEquals(before, Files.readString(file));
    }

    @Test
    void a_file_with_errors_is_left_alone() throws IOException {
        Files.writeString(file, "BASE=/srv/web\nLOWR=/x\n");
        IOException refused = assertThrows(IOException.class, () -> lines().check(share("/srv", "/srv", false)));
        assertTrue(refused.getMessage().contains("overlay check"), refused.getMessage());
    }

    @Test
    void a_link_to_the_file_stays_a_link() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link.conf"), file);
        ShareLines.of(new Locator.Named("web", Optional.empty(), Optional.of(link))).add(share("/srv", "/srv", true));
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.readString(file).endsWith("SHARE=/srv,ro\n"));
    }

    @Test
    void of_many_at_once_none_is_lost() throws Exception {
        Files.writeString(file, "BASE=/srv/web\n");
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            LiveShare share = share("/srv/" + i, "/srv/" + i, false);
            all.add(CompletableFuture.runAsync(() -> {
                try {
                    lines().add(share);
                } catch (IOException refused) {
                    throw new UncheckedIOException(refused);
                }
            }));
        }
        all.forEach(CompletableFuture::join);
        assertEquals(41, Files.readString(file).lines().distinct().count());
    }

    @Test
    void what_an_editor_writes_meanwhile_is_not_lost() throws Exception {
        ConfigLines lines = ConfigLines.of(new Locator.Named("web", Optional.empty(), Optional.of(file)));
        AtomicInteger asked = new AtomicInteger();
        lines.change(now -> {
            if (asked.incrementAndGet() == 1) {
                Files.writeString(file, "BASE=/srv/web\n# theirs\n");
            }
            ConfigLines.append(now, "# ours");
            return now;
        });
        assertEquals("BASE=/srv/web\n# theirs\n# ours\n", Files.readString(file));
        assertThrows(IOException.class, () -> lines.change(now -> {
            Files.writeString(file, "BASE=/srv/" + asked.incrementAndGet() + "\n");
            ConfigLines.append(now, "# ours");
            return now;
        }));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
