package overlayd.config;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static overlayd.config.FileTrust.Role.FILE;
import static overlayd.config.FileTrust.Role.FURTHER_UP;
import static overlayd.config.FileTrust.Role.ITS_DIRECTORY;

class FileTrustTest {
    private static FileTrust.Element element(String path, FileTrust.Role role, int uid, int mode) {
        return new FileTrust.Element(Path.of(path), role, uid, mode);
    }

    private static FileTrust chain(FileTrust.Element... elements) {
        return new FileTrust(List.of(elements));
    }

    @Test
    void a_file_that_only_root_may_write_is_trusted() {
        assertTrue(chain(element("/etc/w.conf", FILE, 0, 0644), element("/etc", ITS_DIRECTORY, 0, 0755), element("/", FURTHER_UP, 0, 0755)).isTrusted());
    }

    @Test
    void the_message_names_the_exact_path_and_the_remedy_puts_all_right() {
        FileTrust.Breach breach = chain(element("/home/u/w.conf", FILE, 1000, 0664), element("/home/u", ITS_DIRECTORY, 1000, 0755),
                element("/home", FURTHER_UP, 0, 0755)).breach().orElseThrow();
        assertEquals("\"/home/u/w.conf\" belongs to uid 1000 and may be written by others than root (mode 0664)", breach.message());
        assertEquals("chown root /home/u/w.conf && chmod go-w /home/u/w.conf && chown root /home/u", breach.remedy());
    }

    @Test
    void a_sticky_directory_is_allowed_further_up_but_not_as_the_files_own() {
        assertTrue(chain(element("/tmp/x/w.conf", FILE, 0, 0600), element("/tmp/x", ITS_DIRECTORY, 0, 0700), element("/tmp", FURTHER_UP, 0, 01777)).isTrusted());
        assertEquals("chmod go-w /tmp", chain(element("/tmp/w.conf", FILE, 0, 0600), element("/tmp", ITS_DIRECTORY, 0, 01777)).breach().orElseThrow().remedy());
        assertFalse(chain(element("/tmp/x/w.conf", FILE, 0, 0600), element("/tmp/x", ITS_DIRECTORY, 0, 0700), element("/tmp", FURTHER_UP, 0, 0777)).isTrusted());
    }

    @Test
    void an_untrusted_file_may_not_run_or_share_anything_and_nothing_is_run() {
        FileTrust trust = chain(element("/srv/w.conf", FILE, 0, 0666));
        List<ValueCommand> ran = new ArrayList<>();
        ConfigReader reader = ConfigReader.running(HostDefaults.NONE, c -> {
            ran.add(c);
            return new CommandRunner.FirstLine("x");
        });
        String text = Reads.text("BASE=.", "UPPER=!id", "PREMOUNT=/bin/true", "POSTMOUNT=overlay-postmount", "INIT=make-init", "SHARE=/etc", "SHARE=/x:/y", "UPPER=!again");
        String why = ": \"/srv/w.conf\" may be written by others than root (mode 0666) (chmod go-w /srv/w.conf)";
        Reading reading = reader.read(new ConfigFile(Reads.FILE, ByteText.encode(text), trust));
        assertEquals(List.of("web.conf:2:7: error: UPPER may not be a ! command here" + why,
                "web.conf:3:10: error: PREMOUNT may not be a command here" + why,
                "web.conf:5:6: error: INIT may not be a command here" + why,
                "web.conf:6:7: error: SHARE is not allowed here" + why,
                "web.conf:7:7: error: SHARE is not allowed here" + why,
                "web.conf:8:1: warning: UPPER again, passed over: line 2 counts (remove one of them)"), Reads.texts(reading.problems()));
        assertTrue(ran.isEmpty());
    }

    @Test
    void an_untrusted_file_may_do_everything_else() {
        FileTrust trust = chain(element("/srv/w.conf", FILE, 1000, 0644));
        for (String line : List.of("INIT=/sbin/init", "INIT=exec:/x y", "START=cron", "CABLES=br0=", "PREMOUNT=overlay-premount")) {
            Reading reading = Reads.reader(Strictness.CHECK).read(new ConfigFile(Reads.FILE, ByteText.encode("BASE=.\n" + line), trust));
            assertEquals(List.of(), reading.problems());
        }
    }

    @Test
    void an_UPPER_that_turns_out_to_be_a_program_is_refused_from_an_untrusted_file() {
        SubhostConfig config = Reads.good("UPPER=/x/setup");
        FileTrust trust = chain(element("/srv/w.conf", FILE, 0, 0666));
        assertEquals("/etc/subhosts/web.conf:2:7: error: UPPER may not be a program here: \"/srv/w.conf\" may be written by others than root "
                + "(mode 0666) (chmod go-w /srv/w.conf)", trust.upperProgramRefused(config).orElseThrow().text());
        assertTrue(FileTrust.TRUSTED.upperProgramRefused(config).isEmpty());
    }

    @Test
    void inspecting_looks_at_every_directory_on_the_way_also_of_links(@TempDir Path dir) throws Exception {
        Path top = dir.toRealPath();
        Path real = Files.createDirectories(top.resolve("real/deep"));
        Files.writeString(real.resolve("w.conf"), "BASE=.");
        Path links = Files.createDirectory(top.resolve("links"));
        Files.createSymbolicLink(links.resolve("d"), Path.of("../real/./deep"));
        List<FileTrust.Element> chain = FileTrust.inspect(links.resolve("d/w.conf")).chain();
        assertEquals(FILE + " " + real.resolve("w.conf"), chain.get(0).role() + " " + chain.get(0).path());
        List<String> seen = chain.stream().map(e -> e.role() + " " + e.path()).toList();
        assertTrue(seen.containsAll(List.of(ITS_DIRECTORY + " " + real, FURTHER_UP + " " + top.resolve("real"),
                ITS_DIRECTORY + " " + links, FURTHER_UP + " " + top, FURTHER_UP + " /")), seen.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROFILE=compat", "PRIVILEGED=yes", "CAPS=+sys_admin", "SECCOMP=no", "SECCOMP=+keyctl", "NESTING=yes", "DEVICES=/dev/fuse"})
    void a_file_that_others_may_write_cannot_open_the_subhost(String line) {
        FileTrust trust = new FileTrust(List.of(new FileTrust.Element(Reads.FILE, FileTrust.Role.FILE, 1000, 0644)));
        Reading reading = Reads.reader(Strictness.BOOT).read(new ConfigFile(Reads.FILE, ByteText.encode("BASE=/x\n" + line + "\n"), trust));
        assertEquals(List.of("untrusted-file"), reading.problems().stream().map(Problem::rule).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROFILE=default", "CAPS=-net_raw", "SECCOMP=yes", "SECCOMP=-mount", "NESTING=no", "HIDE=secrets"})
    void but_it_may_close_it_further(String line) {
        FileTrust trust = new FileTrust(List.of(new FileTrust.Element(Reads.FILE, FileTrust.Role.FILE, 1000, 0644)));
        Reading reading = Reads.reader(Strictness.BOOT).read(new ConfigFile(Reads.FILE, ByteText.encode("BASE=/x\n" + line + "\n"), trust));
        assertEquals(List.of(), reading.problems());
    }

    @Test
    void a_loop_of_links_ends_and_a_directory_is_not_read(@TempDir Path dir) throws Exception {
        Files.createSymbolicLink(dir.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(dir.resolve("b"), Path.of("a"));
        assertTrue(assertThrows(FileSystemException.class, () -> FileTrust.inspect(dir.resolve("a"))).getMessage().contains("too many levels"));
        assertTrue(assertThrows(FileSystemException.class, () -> ConfigFile.open(dir)).getMessage().contains("not a regular file"));
    }

    @Test
    void a_file_is_opened_under_the_name_the_user_gave(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("w.conf"), "BASE=.");
        Path link = Files.createSymbolicLink(dir.resolve("l.conf"), Path.of("w.conf"));
        assertEquals(link, ConfigFile.open(link).path());
        assertEquals("BASE=.", ByteText.decode(ConfigFile.open(link).bytes()));
    }
}
