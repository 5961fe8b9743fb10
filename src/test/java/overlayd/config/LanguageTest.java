package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LanguageTest {
    @Test
    void a_file_written_for_upstream_works_unchanged() {
        Reading reading = Reads.boot(
                "# subhost for the web", "", "NAME=shop", "BASE= .", "CABLES=br0=02:00:00:00:00:01 =", "export X=1",
                "LOWER=/srv/root", "LOWER=/", "START=networking ssh nginx", "RAM_SIZE=", "MYOWN=thing", "  LOG=/x");
        SubhostConfig config = reading.config().orElseThrow();
        assertEquals("shop", config.name());
        assertEquals(Path.of("/etc/subhosts"), config.base());
        assertEquals(List.of(Path.of("/srv/root")), config.root().lowers());
        assertEquals(new RamSize.Bytes(50L << 20), config.boot().ramSize());
        assertEquals(Path.of("/tmp/overlay-shop.log"), config.log());
        assertEquals(List.of("blank-after-equals", "not-an-assignment", "duplicate-key", "empty-value", "unknown-key", "indented-assignment"),
                reading.problems().stream().map(Problem::rule).toList());
    }

    @Test
    void comments_blank_lines_and_trailing_blanks_are_not_odd() {
        assertTrue(Reads.check("# x", "", "   ", "\t# y", "BASE=.  \t").problems().isEmpty());
        assertTrue(Reads.check("BASE=.").config().isPresent());
    }

    @Test
    void a_last_line_without_line_feed_counts() {
        assertEquals("x", Reads.reader(Strictness.CHECK).read(ConfigFile.trusted(Reads.FILE, "BASE=.\nNAME=x")).config().orElseThrow().name());
    }

    @Test
    void one_pair_of_quotes_around_the_whole_value_is_taken_off() {
        assertEquals(Path.of("/srv/my root"), Reads.good("LOWER=\"/srv/my root\"").root().lower());
        assertEquals(Path.of("/srv/my root"), Reads.good("LOWER='/srv/my root'").root().lower());
        assertEquals(Map.of("A", "1 2", "B", "3"), Reads.good("ENVIRONMENT=\"A=1\\ 2 B=3\"").boot().environment());
        assertEquals(Map.of("A", "1 2", "B", "3"), Reads.good("ENVIRONMENT=\"A=1 2\" \"B=3\"").boot().environment());
    }

    @Test
    void keys_in_a_value_are_replaced_by_earlier_and_defaulted_ones() {
        SubhostConfig config = Reads.good("NAME=shop", "LIVE=$BASE/mnt/${NAME}", "UPPER=${LIVE}.upper", "LOG=${WORK}-$NAME.log");
        assertEquals(Path.of("/srv/web/mnt/shop"), config.root().live());
        assertEquals(Path.of("/srv/web/mnt/shop.upper"), config.root().upper());
        assertEquals(Path.of("/srv/web/work-shop.log"), config.log());
    }

    @Test
    void a_relative_BASE_is_inserted_absolute() {
        SubhostConfig config = Reads.boot("BASE=sub", "LIVE=$BASE/live").config().orElseThrow();
        assertEquals(Path.of("/etc/subhosts/sub/live"), config.root().live());
    }

    @Test
    void between_single_quotes_nothing_is_replaced() {
        assertEquals(Path.of("/srv/web/$NAME"), Reads.good("LOWER='$NAME'").root().lower());
        assertEquals(List.of("/bin/x", "$NAME", "web"), Reads.good("PREMOUNT=/bin/x '$NAME' \"$NAME\"").hooks().premount().orElseThrow().argv());
    }

    @Test
    void a_key_with_a_blank_in_it_stays_one_word_of_a_command() {
        SubhostConfig config = Reads.boot("BASE=\"/srv/my web\"", "PREMOUNT=$BASE/hook --x").config().orElseThrow();
        assertEquals(List.of("/srv/my web/hook", "--x"), config.hooks().premount().orElseThrow().argv());
    }

    @Test
    void file_names_with_any_bytes_arrive() {
        byte[] bytes = {'B', 'A', 'S', 'E', '=', '/', (byte) 0xc3, (byte) 0xb1, (byte) 0xff, '\n'};
        SubhostConfig config = Reads.reader(Strictness.CHECK).read(new ConfigFile(Reads.FILE, bytes, FileTrust.TRUSTED)).config().orElseThrow();
        assertArrayEquals(new byte[] {'/', (byte) 0xc3, (byte) 0xb1, (byte) 0xff, '/', 'l', 'i', 'v', 'e'}, ByteText.bytes(config.root().live()));
    }

    @Test
    void columns_count_characters_and_follow_the_word_through_replaced_keys() {
        assertEquals(List.of("web.conf:2:12: warning: service ñ is twice in START, started once (remove one of them)"),
                Reads.texts(Reads.boot("BASE=.", "START=/ñ/$ /ñ/$").problems()).stream()
                        .map(t -> t.replace("/ñ/$", "ñ")).toList());
        assertEquals(List.of("web.conf:3:16: error: a/b is not a service (write the name of an init script, or the absolute path of a start-stop program in the subhost)"),
                Reads.texts(Reads.boot("BASE=.", "NAME=longername", "START=$NAME-x  a/b").problems()).stream()
                        .filter(t -> t.contains("a/b")).toList());
    }

    @Test
    void a_file_over_256_KiB_is_refused_unread() {
        Reading reading = Reads.reader(Strictness.BOOT).read(ConfigFile.trusted(Reads.FILE, "#".repeat(ConfigParser.MAX_BYTES + 1)));
        assertEquals("web.conf:1:1: error: the file has 262145 bytes (a configuration file has at most 262144)",
                Reads.texts(reading.problems()).get(0));
        assertTrue(Reads.reader(Strictness.CHECK).read(
                ConfigFile.trusted(Reads.FILE, "BASE=.\n" + "#".repeat(ConfigParser.MAX_BYTES - 7))).problems().isEmpty());
    }

    @Test
    void a_value_over_64_kibi_characters_is_refused_also_one_made_of_keys() {
        assertEquals(List.of("web.conf:2:1: error: LIVE has 70000 characters (at most 65536)"),
                Reads.texts(Reads.boot("BASE=.", "LIVE=" + "x".repeat(70000)).problems()));
        String laughs = Reads.texts(Reads.boot("BASE=.", "LIVE=" + "x".repeat(5000), "WORK=" + "$LIVE".repeat(5000), "LOG=" + "$WORK".repeat(5000)).problems()).get(0);
        assertTrue(laughs.startsWith("web.conf:3:") && laughs.endsWith("error: the file has more than 65536 characters in the place of $KEY (write fewer)"), laughs);
        CommandRunner runner = command -> new CommandRunner.FirstLine("x".repeat(70000));
        assertEquals("what !x printed for LIVE is too long", ConfigReader.running(HostDefaults.NONE, runner)
                .read(ConfigFile.trusted(Reads.FILE, "BASE=.\nLIVE=!x\n")).problems().get(0).message());
    }

    @Test
    void control_characters_of_the_file_never_reach_the_terminal() {
        Reading reading = Reads.boot("BASE=.", "\u001b[31mred\u202e");
        assertEquals("web.conf:2:1: warning: not an assignment, passed over: \\x1b[31mred\\x202e (write NAME=value, or make it a comment with #)",
                Reads.texts(reading.problems()).get(0));
    }

    @Test
    void overlayd_conf_sets_defaults_that_a_file_overrides() {
        HostDefaults defaults = new HostDefaults(Map.of(ConfigKey.LOG, "/var/log/overlayd/$NAME.log", ConfigKey.START, "none"));
        ConfigReader reader = ConfigReader.showing(Strictness.CHECK, defaults);
        SubhostConfig config = reader.read(ConfigFile.trusted(Reads.FILE, "BASE=.\nNAME=shop\n")).config().orElseThrow();
        assertEquals(Path.of("/var/log/overlayd/shop.log"), config.log());
        assertTrue(config.boot().services().list().isEmpty());
        assertTrue(config.boot().services().isDefault());
        SubhostConfig own = reader.read(ConfigFile.trusted(Reads.FILE, "BASE=.\nLOG=/x\n")).config().orElseThrow();
        assertEquals(Path.of("/x"), own.log());
    }

    @Test
    void positions_of_set_keys_are_kept_for_the_planner() {
        SubhostConfig config = Reads.good("LOWER=/srv/root");
        assertEquals(new Position(2, 7), config.at(ConfigKey.LOWER));
        assertEquals(Position.START, config.at(ConfigKey.WORK));
        assertFalse(config.sets(ConfigKey.WORK));
        assertEquals(Optional.empty(), config.hooks().premount());
    }
}
