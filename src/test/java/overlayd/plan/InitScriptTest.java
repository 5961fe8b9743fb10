package overlayd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /bin/sh makes of the boot section: run for real, with /.reaper replaced by a script that writes down how it was called. */
class InitScriptTest {
    private static final String EVIL = "/opt/$(touch gone) `touch gone`;'\"\\n*/run";

    @TempDir
    Path directory;

    @Test
    void the_shell_takes_every_script_for_a_good_one() throws Exception {
        for (List<String> services : List.of(List.<String>of(), List.of("ssh"), List.of("networking", EVIL), List.of("a'b"))) {
            Path file = Files.writeString(directory.resolve("script"), InitScript.text(List.of(), services, java.util.Map.of(), 90, "/.reaper", "web"));
            assertEquals("", run("/bin/sh", "-n", file.toString()));
        }
    }

    @Test
    void services_are_started_in_order_by_their_init_scripts_then_the_shell_becomes_the_reaper() throws Exception {
        fakeReaper("0");
        String ready = boot(List.of("networking", "/opt/run"), "/.reaper");
        assertEquals("""
                start networking
                done networking 0
                start /opt/run
                done /opt/run 0
                """, ready);
        assertEquals("""
                [--run] [90] [/etc/init.d/networking] [start]
                [--run] [90] [/opt/run] [/opt/run] [start]
                [web]
                """.replace("[/opt/run] [/opt/run]", "[/opt/run]"), calls());
    }

    @Test
    void service_is_used_where_the_root_has_it() throws Exception {
        fakeReaper("0");
        Files.writeString(directory.resolve("service"), "#!/bin/sh\n");
        assertTrue(directory.resolve("service").toFile().setExecutable(true));
        boot(List.of("ssh"), "/.reaper");
        assertEquals("[--run] [90] [service] [ssh] [start]\n[web]\n", calls());
    }

    @Test
    void a_status_that_is_not_0_is_told_and_the_next_service_started_all_the_same() throws Exception {
        fakeReaper("7");
        assertEquals("start a\ndone a 7\nstart b\ndone b 7\n", boot(List.of("a", "b"), "/.reaper"));
    }

    @Test
    void nothing_of_a_name_is_evaluated() throws Exception {
        fakeReaper("0");
        assertEquals("start " + EVIL + "\ndone " + EVIL + " 0\n", boot(List.of(EVIL), "/.reaper"));
        assertEquals("[--run] [90] [" + EVIL + "] [start]\n[web]\n", calls());
        assertTrue(Files.notExists(directory.resolve("gone")));
    }

    @Test
    void another_reaper_is_what_the_shell_becomes() throws Exception {
        fakeReaper("0");
        Path other = Files.writeString(directory.resolve("other 'one'"), "#!/bin/sh\necho \"other $1\" >>\"" + directory + "/calls\"\n");
        assertTrue(other.toFile().setExecutable(true));
        boot(List.of(), other.toString());
        assertEquals("other web\n", calls());
    }

    @Test
    void a_service_has_neither_the_ready_pipe_nor_the_console_as_input() throws Exception {
        Path reaper = Files.writeString(directory.resolve("reaper"), "#!/bin/sh\n[ \"$1\" != --run ] || "
                + "{ ( : >&3 ) 2>/dev/null && echo has 3; /usr/bin/readlink /proc/self/fd/0; } >>\"" + directory + "/calls\"\n");
        assertTrue(reaper.toFile().setExecutable(true));
        boot(List.of("a"), "/.reaper");
        assertEquals("/dev/null\n", calls());
    }

    /** Runs the script as pid 1 would, but for the paths that are replaced. @return what came on descriptor 3 */
    private String boot(List<String> services, String reaper) throws Exception {
        String script = InitScript.text(List.of(), services, java.util.Map.of(), 90, reaper, "web").replace("/.reaper", directory + "/reaper");
        Path ready = directory.resolve("ready");
        Files.deleteIfExists(ready);
        run("/bin/sh", "-c", "exec 3>'" + ready + "'; PATH='" + directory + "'; export PATH; exec /bin/sh -c \"$1\" overlay-init", "sh", script);
        return Files.readString(ready);
    }

    private void fakeReaper(String status) throws IOException {
        Path reaper = Files.writeString(directory.resolve("reaper"), """
                #!/bin/sh
                line=
                for word do line="$line${line:+ }[$word]"; done
                printf '%%s\\n' "$line" >>'%s/calls'
                exit %s
                """.formatted(directory, status));
        assertTrue(reaper.toFile().setExecutable(true));
    }

    private String calls() throws IOException {
        return Files.readString(directory.resolve("calls"));
    }

    private String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectInput(new File("/dev/null")).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        return output;
    }
}
