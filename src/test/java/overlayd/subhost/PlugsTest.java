package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.Link;
import overlayd.kernel.LinkNotices;
import overlayd.kernel.Links;
import overlayd.state.Asked;
import overlayd.state.Life;
import overlayd.state.OnHost;
import overlayd.state.RootDirectories;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Upkeep;

/** Cables and bridges that go and come under running subhosts, on links that are a map. */
class PlugsTest {
    @TempDir
    Path directory;
    /** Names, and the bridge each is plugged into; "" for none. */
    private final Map<String, String> links = new HashMap<>();
    private final Map<LinkNotices.Kind, Events.Callback> ears = new HashMap<>();
    private final List<Optional<Set<String>>> told = new ArrayList<>();
    private Plugs plugs;
    private Subhost web;

    @BeforeEach
    void two_cables() {
        links.put("br0", "");
        links.put("web0", "br0");
        links.put("web1", "br0");
        plugs = new Plugs(kernel(), Runnable::run);
        web = subhost("web", SubhostState.RUNNING, "");
        plugs.watch(web);
    }

    private Subhost subhost(String name, SubhostState state, String reason) {
        return new Subhost(new Rundir(directory.resolve(name)), new SubhostRecord(name, "boot", Asked.NOT_YET, RootDirectories.of("overlay"),
                new OnHost(List.of(name + "0", name + "1"), List.of(), List.of()), new Life(state, reason, 1, 1, 1, ""), Upkeep.NONE));
    }

    @SuppressWarnings("unchecked")
    private static <T> T of(Class<T> type, InvocationHandler handler) {
        return (T) Proxy.newProxyInstance(PlugsTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private Kernel kernel() {
        return of(Kernel.class, (kernel, method, arguments) -> switch (method.getName()) {
            case "openLinks" -> of(Links.class, (one, call, asked) -> switch (call.getName()) {
                case "list" -> list();
                case "find" -> list().stream().filter(link -> ((Collection<?>) asked[0]).contains(link.name())).toList();
                case "at" -> list().stream().filter(link -> link.index() == (int) asked[0]).findFirst();
                default -> null;
            });
            case "openLinkNotices" -> notices((LinkNotices.Kind) arguments[0]);
            case "events" -> of(Events.class, (one, call, watched) -> watch(((Fd) watched[0]).number(), (Events.Callback) watched[3]));
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private LinkNotices notices(LinkNotices.Kind kind) {
        return of(LinkNotices.class, (one, call, none) -> switch (call.getName()) {
            case "fd" -> new Fd(kind.ordinal(), number -> { });
            case "take" -> told.remove(0);
            default -> null;
        });
    }

    private Events.Registration watch(int kind, Events.Callback callback) {
        LinkNotices.Kind of = LinkNotices.Kind.values()[kind];
        ears.put(of, callback);
        return () -> ears.remove(of);
    }

    private List<Link> list() {
        List<String> names = List.copyOf(links.keySet());
        return names.stream().map(name -> new Link(name, names.indexOf(name) + 1, "", links.get(name).isEmpty() ? OptionalInt.empty()
                : OptionalInt.of(names.indexOf(links.get(name)) + 1), Optional.empty(), true, "")).toList();
    }

    private void tell(LinkNotices.Kind kind, String... names) throws Exception {
        told.add(Optional.of(Set.of(names)));
        ears.get(kind).on(new Events.Event(true, false, false));
    }

    private void delete(String name) throws Exception {
        links.remove(name);
        links.replaceAll((other, bridge) -> bridge.equals(name) ? "" : bridge);
        tell(LinkNotices.Kind.GONE, name);
    }

    private void make(String name, String bridge) throws Exception {
        links.put(name, bridge);
        tell(LinkNotices.Kind.CHANGED, name);
    }

    @Test
    void a_cable_that_is_deleted_degrades_and_one_that_is_made_again_mends() throws Exception {
        delete("web1");
        assertEquals("cable web1 is gone", web.record().reason());
        delete("web0");
        assertEquals("cable web1 is gone, cable web0 is gone", web.record().reason());
        make("web1", "br0");
        assertEquals("cable web0 is gone", web.record().reason());
        make("web0", "br0");
        assertEquals("", web.record().reason());
        assertEquals(Set.of(LinkNotices.Kind.GONE), ears.keySet());
    }

    @Test
    void a_bridge_is_back_when_the_cables_are_in_it_again() throws Exception {
        delete("br0");
        assertEquals("bridge br0 is gone", web.record().reason());
        make("br0", "");
        make("web0", "br0");
        assertEquals("bridge br0 is gone", web.record().reason());
        make("web1", "br0");
        assertEquals("", web.record().reason());
    }

    @Test
    void a_bridge_that_was_made_anew_at_once_is_another() throws Exception {
        links.replaceAll((name, bridge) -> "");
        tell(LinkNotices.Kind.GONE, "br0");
        assertEquals("bridge br0 is gone", web.record().reason());
    }

    @Test
    void whoever_is_being_stopped_or_has_ended_is_left_alone() throws Exception {
        web.begin(web.record().with(SubhostState.STOPPING, ""));
        delete("web0");
        assertEquals("", web.record().reason());
        assertEquals(Set.of(), ears.keySet());
    }

    @Test
    void an_old_notice_of_a_cable_that_is_there_again_says_nothing() throws Exception {
        tell(LinkNotices.Kind.GONE, "web0", "web1");
        assertEquals("", web.record().reason());
    }

    @Test
    void what_was_missing_or_back_while_no_daemon_was_there_is_seen_at_once() throws Exception {
        links.put("db1", "");
        Subhost db = subhost("db", SubhostState.RUNNING, "ssh failed with status 1, bridge br1 is gone, cable db1 is gone");
        plugs.watch(db);
        assertEquals("ssh failed with status 1, bridge br1 is gone, cable db0 is gone", db.record().reason());
        make("br1", "");
        make("db1", "br1");
        make("db0", "br1");
        assertEquals("ssh failed with status 1", db.record().reason());
    }

    @Test
    void where_notices_were_lost_it_is_looked() throws Exception {
        links.remove("web0");
        told.add(Optional.empty());
        ears.get(LinkNotices.Kind.GONE).on(new Events.Event(true, false, false));
        assertEquals("cable web0 is gone", web.record().reason());
    }

    @Test
    void other_interfaces_are_nobodys() throws Exception {
        links.remove("web0");
        tell(LinkNotices.Kind.GONE, "eth7");
        assertEquals("", web.record().reason());
    }
}
