package overlayd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.Security;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.site.NewSite;
import overlayd.site.SiteRemoval;
import overlayd.subject.FakeDoor;
import overlayd.subject.Locator;
import overlayd.varlink.VarlinkError;

/** What programs are answered, held against the description of the interface. */
class SiteServiceTest extends ServiceCalls {
    @TempDir
    Path temp;
    private final FakeDoor door = new FakeDoor();
    private Path here;
    private SiteService service;
    private Optional<RefusedException> held = Optional.empty();

    SiteServiceTest() {
        super("org.overlayd.Subhost");
    }

    @BeforeEach
    void places() throws IOException {
        here = temp.toRealPath();
        Locator locator = new Locator(List.of(here.resolve("conf.d")), door::list);
        service = new SiteService(door, new NewSite.Places(here.resolve("conf.d"), here.resolve("bases")),
                new SiteRemoval(door, locator, new SiteRemoval.Ground() {
                    @Override
                    public List<String> mountsBelow(Path directory) {
                        return List.of();
                    }

                    @Override
                    public Closeable hold(Collection<Path> directories) throws RefusedException {
                        if (held.isPresent()) {
                            throw held.get();
                        }
                        return () -> { };
                    }
                }), new WireSubjects(door, locator));
    }

    private Path file() {
        return here.resolve("conf.d/web.conf");
    }

    @Test
    void create_makes_what_overlay_new_makes() throws Exception {
        Path lower = Files.createDirectory(here.resolve("lower"));
        assertEquals("{\"configurationFile\":\"" + file() + "\"}", last(call("Create", service::create,
                "{'name':'web','lower':'" + lower + "','base':'" + here.resolve("mine") + "','bridge':'br0'}")));
        SubhostConfig config = Locator.read(file()).orElseThrow();
        assertEquals(List.of(lower), config.root().lowers());
        assertEquals(here.resolve("mine"), config.base());
        assertEquals(1, config.cables().size());
        assertEquals(Security.Secrets.HIDDEN, config.security().secrets());
    }

    @Test
    void what_is_there_is_in_the_way() throws Exception {
        call("Create", service::create, "{'name':'web'}");
        VarlinkError error = refused(service::create, "{'name':'web'}");
        assertEquals("org.overlayd.Subhost.InTheWay", error.name());
        assertTrue(error.parameters().get("reason").asText().contains(here.resolve("bases/web") + " exists already"), error.parameters().toString());
    }

    @Test
    void what_cannot_be_made_is_told_by_parameter() throws Exception {
        for (List<String> wrong : List.of(List.of("name", "{'name':'../etc'}"), List.of("bridge", "{'name':'web','bridge':'br0 br1'}"),
                List.of("lower", "{'name':'web','lower':'etc'}"), List.of("lower", "{'name':'web','lower':'/no/such'}"),
                List.of("base", "{'name':'web','base':'/a$b'}"), List.of("base", "{'name':'web','base':''}"))) {
            VarlinkError error = refused(service::create, wrong.get(1));
            assertEquals("org.varlink.service.InvalidParameter", error.name(), wrong.get(1));
            assertEquals(wrong.get(0), error.parameters().get("parameter").asText(), wrong.get(1));
        }
        Files.writeString(here.resolve("file"), "no directory");
        assertEquals("org.overlayd.Subhost.StepFailed", refused(service::create, "{'name':'web','base':'" + here.resolve("file/x/web") + "'}").name());
        assertFalse(Files.exists(file()));
    }

    @Test
    void remove_tells_first_and_then_does_it() throws Exception {
        call("Create", service::create, "{'name':'web'}");
        Files.writeString(here.resolve("bases/web/root/file"), "mine");
        String expected = "{\"trees\":[{\"path\":\"" + here.resolve("bases/web/root") + "\",\"files\":1,\"bytes\":4},{\"path\":\""
                + here.resolve("bases/web/work") + "\",\"files\":0,\"bytes\":0}],\"configurationFile\":\"" + file() + "\"}";
        assertEquals(expected, last(call("Remove", service::remove, "{'subhost':'web','dryRun':true}")));
        assertTrue(Files.exists(here.resolve("bases/web/root/file")));
        assertEquals(expected, last(call("Remove", service::remove, "{'subhost':'web'}")));
        assertFalse(Files.exists(here.resolve("bases/web")));
        assertFalse(Files.exists(file()));
        assertEquals("org.overlayd.Subhost.NoSuchSubhost", refused(service::remove, "{'subhost':'web'}").name());
    }

    @Test
    void what_is_used_stays() throws Exception {
        call("Create", service::create, "{'name':'web'}");
        door.with(FakeDoor.record("web", "RUNNING", ""));
        assertEquals("org.overlayd.Subhost.InTheWay", refused(service::remove, "{'subhost':'" + file() + "'}").name());
        door.subhosts.clear();
        held = Optional.of(new RefusedException(RefusedException.Kind.EXISTS, "its UPPER is in use"));
        assertEquals("its UPPER is in use", refused(service::remove, "{'subhost':'web'}").parameters().get("reason").asText());
        Files.writeString(file(), "LOWR=/\n");
        assertEquals("org.overlayd.Subhost.ConfigInvalid", refused(service::remove, "{'subhost':'web'}").name());
        assertTrue(Files.exists(here.resolve("bases/web/root")));
    }

    @Test
    void a_disk_is_mounted_where_the_caller_is() throws Exception {
        assertEquals("{}", last(call("MountDisk", service::mountDisk, "{'mountPoint':'/mnt/./disk','disk':'/srv/d.img','partition':2,'writable':true}")));
        assertEquals(List.of("mount DiskRequest[path=/mnt/disk, mountable=/mnt/disk, disk=/srv/d.img, index=Optional[2], directory=/mnt, access=READ_WRITE]"),
                door.asked);
        for (String wrong : List.of("{'mountPoint':'/','disk':'/d'}", "{'mountPoint':'/mnt','disk':'d'}",
                "{'mountPoint':'/mnt','disk':'/d','partition':0}")) {
            assertEquals("org.varlink.service.InvalidParameter", refused(service::mountDisk, wrong).name(), wrong);
        }
    }
}
