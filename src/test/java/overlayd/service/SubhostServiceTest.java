package overlayd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.command.Bench;
import overlayd.command.FakeCall;
import overlayd.enter.Logins;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.report.Audits;
import overlayd.report.Descriptions;
import overlayd.report.Linter;
import overlayd.report.LogReading;
import overlayd.report.Rows;
import overlayd.report.Secrets;
import overlayd.subhost.InsideCommand;
import overlayd.subject.FakeDoor;
import overlayd.subject.FakeLive;
import overlayd.subject.Locator;

/** What programs are answered, held against the description of the interface. */
class SubhostServiceTest extends ServiceCalls {
    @TempDir
    Path installed;
    private final FakeDoor door = new FakeDoor();
    private SubhostService service;

    SubhostServiceTest() {
        super("org.overlayd.Subhost");
    }

    @BeforeEach
    void subhosts() throws IOException {
        Kernel kernel = Bench.fake(Kernel.class, Map.of("files", a -> Bench.fake(overlayd.kernel.Files.class, Map.of(
                "openReadWrite", b -> new Fd(99, number -> { }),
                "openPath", b -> {
                    throw new KernelException("open", "x", Errno.ENOENT);
                }))));
        Locator locator = new Locator(List.of(installed), door::list);
        Rows rows = new Rows(door, locator, Clock.systemUTC());
        service = new SubhostService(door, new SubhostService.Needs(new WireSubjects(door, locator), rows, new Linter(door, locator),
                new WireStreams(door, kernel, new Logins(kernel), new LogReading(kernel)), new Descriptions(FakeLive::new, rows, new Audits(door, new Secrets()), new LogReading(kernel),
                        subhost -> java.util.Optional.empty())));
        door.with(FakeDoor.record("web", "RUNNING", "")).with(FakeDoor.record("db", "RUNNING", "x failed"))
                .with(FakeDoor.record("bad", "FAILED", "init killed by SIGKILL")).with(FakeDoor.record("old", "STOPPED", ""));
        Files.writeString(installed.resolve("new.conf"), "BASE=/b\n");
    }

    @Test
    void list_leaves_out_what_is_stopped_unless_asked_for() throws Exception {
        assertEquals(3, call("List", service::list, "{}").replies.get(0).get("subhosts").size());
        FakeCall stopped = call("List", service::list, "{'states':['stopped','failed']}");
        assertEquals(List.of("bad", "old"), stopped.replies.get(0).get("subhosts").findValuesAsText("name"));
    }

    @Test
    void list_of_all_has_those_that_were_never_booted() throws Exception {
        FakeCall all = call("List", service::list, "{'all':true}");
        assertEquals(List.of("bad", "db", "new", "old", "web"), all.replies.get(0).get("subhosts").findValuesAsText("name"));
        FakeCall stopped = call("List", service::list, "{'all':true,'states':['stopped']}");
        assertEquals(List.of("new", "old"), stopped.replies.get(0).get("subhosts").findValuesAsText("name"));
        assertEquals("false", stopped.replies.get(0).at("/subhosts/0/privileged").asText());
    }

    @Test
    void status_describes_every_state() throws Exception {
        for (String name : List.of("web", "db", "bad", "old")) {
            FakeCall call = call("Status", service::status, "{'subhost':'" + name + "'}");
            assertEquals(name, call.replies.get(0).get("context").get("name").asText());
        }
        assertEquals("org.overlayd.Subhost.NotRunning", refused(service::status, "{'subhost':'new'}").name());
    }

    @Test
    void boot_answers_with_name_and_process() throws Exception {
        FakeCall call = call("Boot", service::boot, "{'subhost':'new','strict':true}");
        assertTrue(last(call).startsWith("{\"name\":\"new\",\"initProcess\":{\"pid\":4711"), last(call));
        assertTrue(door.asked.get(0).endsWith("new.conf strictly"));
    }

    @Test
    void stop_tells_whether_there_was_anything_to_stop() throws Exception {
        assertEquals("{\"name\":\"web\",\"alreadyStopped\":false}", last(call("Stop", service::stop,
                "{'subhost':'web','timeoutSeconds':3}")));
        assertEquals("{\"name\":\"old\",\"alreadyStopped\":true}", last(call("Stop", service::stop, "{'subhost':'old.conf'}")));
        assertEquals("{\"name\":\"new\",\"alreadyStopped\":true}", last(call("Stop", service::stop, "{'subhost':'new'}")));
        assertEquals("stop web in 3", door.asked.get(0));
    }

    @Test
    void shares_come_and_go() throws Exception {
        assertEquals("{}", last(call("AddShare", service::share, "{'subhost':'web','source':'/srv/data','target':'/data','readOnly':true}")));
        assertEquals("{}", last(call("AddShare", service::share, "{'subhost':'web','source':'/srv/data'}")));
        assertEquals("{}", last(call("RemoveShare", service::unshare, "{'subhost':'web','target':'/data'}")));
        assertEquals(List.of("share /srv/data /data read-only with web", "share /srv/data /srv/data with web", "unshare /data of web"), door.asked);
        refused(service::share, "{'subhost':'web','source':'data'}");
        refused(service::share, "{'subhost':'web','source':'/srv','target':'/proc'}");
        refused(service::unshare, "{'subhost':'web','target':'../x'}");
    }

    @Test
    void every_refusal_is_an_error_of_the_interface() throws Exception {
        for (RefusedException.Kind kind : RefusedException.Kind.values()) {
            if (kind != RefusedException.Kind.STEP) {
                door.refusal = Optional.of(new RefusedException(kind, "web x"));
                assertTrue(refused(service::boot, "{'subhost':'new'}").name().startsWith("org.overlayd.Subhost."));
            }
        }
    }

    @Test
    void unknown_names_and_paths_without_a_beginning_are_no_subhost() {
        for (String name : List.of("nosuch", "./new.conf", "../new")) {
            assertEquals("org.overlayd.Subhost.NoSuchSubhost", refused(service::stop, "{'subhost':'" + name + "'}").name());
        }
        for (String name : List.of("", "a\\u0000b")) {
            assertEquals("org.varlink.service.InvalidParameter", refused(service::boot, "{'subhost':'" + name + "'}").name());
        }
        assertEquals("org.varlink.service.InvalidParameter", refused(service::check, "{'files':['relative.conf']}").name());
        assertEquals("org.varlink.service.InvalidParameter", refused(service::stop, "{'subhost':'web','timeoutSeconds':-1}").name());
    }

    @Test
    void exec_answers_with_status_or_signal_and_names_what_cannot_be_executed() throws Exception {
        String line = "{'subhost':'web','command':['x'],'environment':['A=b']}";
        door.session = new InsideCommand.Outcome(ExitStatus.exited(7), Optional.empty());
        assertEquals("{\"exitStatus\":7}", last(call("Exec", service::exec, line)));
        door.session = new InsideCommand.Outcome(ExitStatus.killed(9), Optional.empty());
        assertEquals("{\"exitSignal\":\"SIGKILL\"}", last(call("Exec", service::exec, line)));
        door.session = new InsideCommand.Outcome(ExitStatus.exited(127), Optional.of(Errno.ENOENT));
        assertEquals("org.overlayd.Subhost.CommandNotExecutable", refused(service::exec, line).name());
        for (String wrong : List.of("{'subhost':'web','command':[]}", "{'subhost':'web','command':['x'],'environment':['A']}")) {
            assertEquals("org.varlink.service.InvalidParameter", refused(service::exec, wrong).name());
        }
    }

    @Test
    void exec_without_a_command_is_a_login_shell() throws Exception {
        door.session = new InsideCommand.Outcome(ExitStatus.exited(0), Optional.empty());
        call("Exec", service::exec, "{'subhost':'web'}");
        assertEquals(List.of("/bin/sh", "-l"), door.request.command());
        assertEquals(InsideCommand.Handing.NO_TERMINALS, door.request.handing());
        call("Exec", service::exec, "{'subhost':'web','handTerminals':true}");
        assertEquals(InsideCommand.Handing.TERMINALS, door.request.handing());
    }

    @Test
    void check_of_a_directory_is_of_each_configuration_in_it() throws Exception {
        Files.writeString(installed.resolve("notes.txt"), "");
        call("Check", service::check, "{'files':['" + installed + "']}");
        assertEquals(List.of("plan " + installed.resolve("new.conf") + " CHECK", "plan " + installed.resolve("new.conf") + " BOOT"), door.asked);
    }

    @Test
    void check_passes_on_problems_and_says_whether_any_is_an_error() throws Exception {
        assertEquals("{\"valid\":true,\"problems\":[]}", last(call("Check", service::check, "{'files':['/x.conf']}")));
        assertEquals(List.of("plan /x.conf CHECK", "plan /x.conf BOOT"), door.asked);
    }

    @Test
    void a_log_that_cannot_be_read_is_a_failed_step_and_one_that_can_comes_line_by_line() throws Exception {
        FakeCall call = call("Logs", service::logs, "{'subhost':'web'}");
        assertEquals("[{}]", call.replies.toString());
        Path log = Files.writeString(installed.resolve("log"), "a\nñ\nhalf");
        door.with(FakeDoor.withLog(FakeDoor.record("web", "RUNNING", ""), log));
        assertEquals("[{\"line\":\"a\"}, {\"line\":\"ñ\"}, {\"line\":\"half\"}, {}]",
                call("Logs", service::logs, "{'subhost':'web'}").replies.toString());
        assertEquals("[{\"line\":\"half\"}, {}]", call("Logs", service::logs, "{'subhost':'web','lines':1}").replies.toString());
        door.with(FakeDoor.withLog(FakeDoor.record("web", "RUNNING", ""), installed));
        assertEquals("org.overlayd.Subhost.StepFailed", refused(service::logs, "{'subhost':'web'}").name());
    }

    @Test
    void every_state_has_its_word_in_the_interface() {
        Arrays.stream(overlayd.state.SubhostState.values()).forEach(state -> {
            door.with(FakeDoor.record("web", state.name(), ""));
            try {
                call("Status", service::status, "{'subhost':'web'}");
            } catch (Exception wrong) {
                throw new AssertionError(state.name(), wrong);
            }
        });
    }
}
