package overlayd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.ByteText;
import overlayd.plan.Undo;

class JournalTest {
    private static final Path ODD = ByteText.path(ByteText.decode(new byte[] {'/', 's', '"', '\n', (byte) 0xff, (byte) 0xc3, (byte) 0xb1, '\\'}));

    /** One of each kind, with names that are hard to write. */
    private static final List<Undo> ONE_OF_EACH = List.of(
            new Undo.RemoveCgroup("overlayd-2a/web"),
            new Undo.RunUpperTeardown(ODD, Path.of("/etc/web.conf"), 120),
            new Undo.RemoveNetns("web", List.of("web0", "web1"), "overlayd-2a/web"),
            new Undo.Ifdown("web1"),
            new Undo.RemoveFile(ODD, "etc/network/interfaces"),
            new Undo.RemoveEmptyLog(ODD),
            new Undo.Unpublish(List.of(ForwardText.parse("* 8080 tcp 10.0.3.5 80 br0"), ForwardText.parse("2001:db8::1 53 udp fd00::5 53 -"))));

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("journal");
    }

    private void write(List<Undo> undos) throws IOException {
        try (Journal journal = Journal.start(file())) {
            for (Undo undo : undos) {
                journal.append(undo);
            }
        }
    }

    @Test
    void every_kind_of_undo_comes_back_as_it_was_written() throws IOException {
        write(ONE_OF_EACH);
        assertEquals(new Journal.Content(ONE_OF_EACH, List.of()), Journal.read(file()));
    }

    @Test
    void every_kind_of_undo_is_in_this_test() {
        assertEquals(Arrays.stream(Undo.class.getPermittedSubclasses()).map(Class::getSimpleName).collect(Collectors.toSet()),
                ONE_OF_EACH.stream().map(undo -> undo.getClass().getSimpleName()).collect(Collectors.toSet()));
    }

    @Test
    void no_journal_is_an_empty_one() throws IOException {
        assertEquals(List.of(), Journal.read(file()).undos());
    }

    @Test
    void cut_off_anywhere_it_holds_every_line_that_was_whole() throws IOException {
        write(ONE_OF_EACH);
        byte[] whole = Files.readAllBytes(file());
        for (int cut = 0; cut <= whole.length; cut++) {
            Files.write(file(), Arrays.copyOf(whole, cut));
            long lines = new String(whole, 0, cut, StandardCharsets.US_ASCII).chars().filter(c -> c == '\n').count();
            assertEquals(new Journal.Content(ONE_OF_EACH.subList(0, (int) lines), List.of()), Journal.read(file()));
        }
    }

    @Test
    void a_damaged_line_is_told_of_and_the_others_count() throws IOException {
        List<String> damages = List.of("", "{}", "[]", "null", "{\"undo\":\"netns\"}", "{\"undo\":\"flood\"}", "{\"undo\":7}", "{\"undo\":\"file\",\"root\":\"\",\"file\":\"x\"}",
                "{\"undo\":\"cgroup\",\"group\":", "\u0000\u0000", "{\"undo\":\"ifdown\",\"link\":null}");
        for (String damage : damages) {
            write(ONE_OF_EACH);
            List<String> lines = new ArrayList<>(Files.readAllLines(file()));
            lines.set(1, damage);
            Files.write(file(), lines);
            Journal.Content content = Journal.read(file());
            assertEquals(1, content.damage().size(), damage);
            List<Undo> others = new ArrayList<>(ONE_OF_EACH);
            others.remove(1);
            assertEquals(others, content.undos());
            assertTrue(content.damage().get(0).getMessage().contains(file().toString()));
        }
    }

    @Test
    void bytes_that_are_no_text_are_damage_and_no_more() throws IOException {
        write(ONE_OF_EACH);
        byte[] bytes = Files.readAllBytes(file());
        for (int at = 0; at < bytes.length; at++) {
            byte[] spoiled = bytes.clone();
            spoiled[at] = (byte) 0xff;
            Files.write(file(), spoiled);
            Journal.Content content = Journal.read(file());
            assertTrue(content.undos().size() >= ONE_OF_EACH.size() - 2, "byte " + at);
        }
    }

    @Test
    void what_was_forgotten_is_not_read_again() throws IOException {
        try (Journal journal = Journal.start(file())) {
            journal.append(ONE_OF_EACH.get(4));
            journal.append(ONE_OF_EACH.get(2));
            journal.append(ONE_OF_EACH.get(4));
            journal.forget(ONE_OF_EACH.get(4));
            journal.forget(ONE_OF_EACH.get(5));
        }
        assertEquals(List.of(ONE_OF_EACH.get(4), ONE_OF_EACH.get(2)), Journal.read(file()).undos());
    }

    @Test
    void a_line_stands_in_the_file_before_append_returns() throws IOException {
        try (Journal journal = Journal.start(file())) {
            for (int i = 0; i < ONE_OF_EACH.size(); i++) {
                journal.append(ONE_OF_EACH.get(i));
                assertEquals(ONE_OF_EACH.subList(0, i + 1), Journal.read(file()).undos());
            }
        }
    }

    @Test
    void a_new_journal_replaces_the_old_one() throws IOException {
        write(ONE_OF_EACH);
        write(ONE_OF_EACH.subList(0, 1));
        assertEquals(ONE_OF_EACH.subList(0, 1), Journal.read(file()).undos());
    }

    @Test
    void it_cannot_be_begun_where_there_is_no_directory() {
        assertThrows(IOException.class, () -> Journal.start(directory.resolve("none/journal")));
    }
}
