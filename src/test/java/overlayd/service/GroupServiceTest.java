package overlayd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.command.FakeCall;
import overlayd.failure.RefusedException;
import overlayd.subject.Autostart;
import overlayd.subject.FakeDoor;
import overlayd.subject.Locator;
import overlayd.varlink.VarlinkError;

/** What programs are answered, held against the description of the interface. */
class GroupServiceTest extends ServiceCalls {
    @TempDir
    Path installed;
    private final FakeDoor door = new FakeDoor();
    private GroupService service;

    GroupServiceTest() {
        super("org.overlayd.Group");
    }

    @BeforeEach
    void subhosts() throws IOException {
        Locator locator = new Locator(List.of(installed), door::list);
        service = new GroupService(door, locator, new Autostart(installed.resolve("none"), locator), new WireSubjects(door, locator));
        file("db", "AUTOSTART=yes");
        file("web", "REQUIRES=db");
        file("mail", "");
    }

    private void file(String name, String key) throws IOException {
        Files.writeString(installed.resolve(name + ".conf"), "BASE=/b/" + name + "\n" + key + "\n");
    }

    @Test
    void boot_tells_progress_and_how_it_went_with_each() throws Exception {
        FakeCall call = call("Boot", service::boot, "{'subhosts':['web']}");
        assertEquals("{\"outcomes\":[{\"name\":\"db\",\"result\":\"done\"},{\"name\":\"web\",\"result\":\"done\"}]}", last(call));
        assertEquals(List.of("db started", "db finished", "web started", "web finished"), call.replies.stream().limit(4)
                .map(reply -> reply.get("progress")).map(told -> told.get("subhost").asText() + " " + told.get("moment").asText()).toList());
    }

    @Test
    void without_more_there_is_one_reply() throws Exception {
        FakeCall call = new FakeCall("Boot", "{'subhosts':['web']}");
        call.more = false;
        service.boot(call);
        assertEquals(1, call.replies.size());
    }

    @Test
    void who_requires_one_that_fails_is_kept_and_the_error_is_that_of_one_boot() throws Exception {
        door.refusal = Optional.of(new RefusedException(RefusedException.Kind.BUSY, "db is stopping"));
        ObjectNode reply = call("Boot", service::boot, "{'subhosts':['web']}").replies.get(2);
        assertEquals("failed", reply.at("/outcomes/0/result").asText());
        assertTrue(reply.at("/outcomes/0/error").asText().startsWith("org.overlayd.Subhost."), reply.toString());
        assertEquals("kept", reply.at("/outcomes/1/result").asText());
        assertTrue(reply.at("/outcomes/1/reason").asText().startsWith("it requires db, which "), reply.toString());
    }

    @Test
    void all_is_what_boots_with_the_host() throws Exception {
        assertEquals("{\"levels\":[{\"subhosts\":[\"db\"]}]}", last(call("Order", service::order, "{'all':true}")));
    }

    @Test
    void order_does_nothing() throws Exception {
        assertEquals("{\"levels\":[{\"subhosts\":[\"db\"]},{\"subhosts\":[\"web\"]}]}", last(call("Order", service::order, "{'subhosts':['web']}")));
        assertEquals(List.of(), door.asked);
    }

    @Test
    void a_circle_has_no_order() throws Exception {
        file("db", "AFTER=web");
        VarlinkError error = refused(service::order, "{'subhosts':['web','db']}");
        assertEquals("org.overlayd.Group.NoOrder", error.name());
        assertTrue(error.parameters().toString().contains("web.conf:2:"), error.parameters().toString());
    }

    @Test
    void stop_takes_one_that_does_not_run_for_stopped() throws Exception {
        door.with(FakeDoor.record("db", "RUNNING", "")).with(FakeDoor.record("mail", "STOPPED", ""));
        FakeCall call = call("Stop", service::stop, "{'subhosts':['db','mail','web']}");
        assertEquals(List.of("db done", "mail already", "web already"), outcomes(call));
    }

    @Test
    void one_that_cannot_be_stopped_keeps_no_other() throws Exception {
        door.with(FakeDoor.record("db", "RUNNING", "")).with(FakeDoor.record("mail", "RUNNING", ""));
        door.unstoppable = "db";
        assertEquals(List.of("db failed", "mail done"), outcomes(call("Stop", service::stop, "{'all':true}")));
    }

    private static List<String> outcomes(FakeCall call) {
        List<String> outcomes = new java.util.ArrayList<>();
        call.replies.get(call.replies.size() - 1).get("outcomes")
                .forEach(one -> outcomes.add(one.get("name").asText() + " " + one.get("result").asText()));
        return outcomes.stream().sorted().toList();
    }

    @Test
    void a_restart_takes_along_who_requires_it() throws Exception {
        door.with(FakeDoor.requiring("db")).with(FakeDoor.requiring("web", "db")).with(FakeDoor.requiring("front", "web"));
        door.bootable = true;
        FakeCall call = call("Restart", service::restart, "{'subhosts':['db'],'force':true}");
        assertEquals("{\"outcomes\":[{\"name\":\"db\",\"result\":\"done\"},{\"name\":\"web\",\"result\":\"done\"},{\"name\":\"front\",\"result\":\"done\"}]}", last(call));
        assertEquals(List.of("stop front by force", "stop web by force", "restart db", "boot /etc/overlayd/conf.d/web.conf",
                "boot /etc/overlayd/conf.d/front.conf"), door.asked.subList(1, door.asked.size()));
        assertEquals("db started", call.replies.get(0).at("/progress/subhost").asText() + " " + call.replies.get(0).at("/progress/moment").asText());
    }

    @Test
    void who_cannot_be_stopped_or_restarted_leaves_others_stopped_and_each_says_why() throws Exception {
        door.with(FakeDoor.requiring("db")).with(FakeDoor.requiring("web", "db")).with(FakeDoor.requiring("front", "web"));
        door.bootable = true;
        door.unstoppable = "web";
        assertEquals("[{\"name\":\"web\",\"result\":\"failed\",\"reason\":\"web cannot be stopped\",\"error\":\"org.overlayd.Subhost.Busy\","
                + "\"parameters\":{\"name\":\"web\",\"operation\":\"running\"}},{\"name\":\"front\",\"result\":\"kept\",\"reason\":"
                + "\"it is stopped and stays so: web could not be stopped\"},{\"name\":\"db\",\"result\":\"kept\",\"reason\":"
                + "\"it was not restarted: web, which requires it, could not be stopped\"}]",
                call("Restart", service::restart, "{'subhosts':['db']}").replies.get(0).get("outcomes").toString());
        door.unstoppable = "";
        door.duringRestart = Optional.of(new RefusedException(RefusedException.Kind.CANCELLED, "it was overtaken"));
        assertEquals(List.of("db failed", "front kept", "web kept"), outcomes(call("Restart", service::restart, "{'subhosts':['db']}")));
        door.bootable = false;
        door.asked.clear();
        assertEquals(List.of("db failed"), outcomes(call("Restart", service::restart, "{'subhosts':['db']}")));
        assertTrue(door.asked.stream().noneMatch(asked -> asked.startsWith("stop")), () -> door.asked.toString());
        assertEquals("org.overlayd.Group.NoSuchSubhost", refused(service::restart, "{'subhosts':['db','nobody']}").name());
        assertEquals("org.varlink.service.InvalidParameter", refused(service::restart, "{'subhosts':[]}").name());
    }

    @Test
    void who_is_meant_must_be_said_and_known() {
        assertEquals("org.overlayd.Group.NoSuchSubhost", refused(service::boot, "{'subhosts':['web','nobody']}").name());
        assertEquals("org.overlayd.Group.NoSuchSubhost", refused(service::stop, "{'subhosts':['nobody']}").name());
        for (String parameters : List.of("{}", "{'subhosts':[]}", "{'subhosts':['web'],'all':true}", "{'subhosts':['']}")) {
            assertEquals("org.varlink.service.InvalidParameter", refused(service::boot, parameters).name(), parameters);
            assertEquals("org.varlink.service.InvalidParameter", refused(service::stop, parameters).name(), parameters);
        }
        assertEquals(List.of(), door.asked);
    }
}
