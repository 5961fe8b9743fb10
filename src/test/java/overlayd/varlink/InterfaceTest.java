package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterfaceTest {
    private static final Interface SUBHOST = Interface.resource("org.overlayd.Subhost");

    private static Optional<String> fault(String method, String json) throws IOException {
        JsonNode value = Json.parse(json.getBytes(StandardCharsets.UTF_8));
        return new TypeCheck(SUBHOST).firstFault(SUBHOST.methods().get(method).input(), value);
    }

    private static <T> T nothing(Class<T> handlers) {
        return handlers.cast(Proxy.newProxyInstance(handlers.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> null));
    }

    @Test
    void every_method_of_the_subhost_interface_has_a_handler_and_vice_versa() {
        SubhostHandlers none = nothing(SubhostHandlers.class);
        Service service = SubhostHandlers.service(none, nothing(LiveHandlers.class), nothing(FileHandlers.class), nothing(SiteHandlers.class));
        assertEquals(service.description().methods().keySet(), service.handled());
    }

    @Test
    void every_method_of_the_command_interface_has_a_handler_and_vice_versa() {
        Service service = CommandHandlers.service(call -> { });
        assertEquals(service.description().methods().keySet(), service.handled());
    }

    @Test
    void every_method_of_the_network_interface_has_a_handler_and_vice_versa() {
        NetworkHandlers none = (NetworkHandlers) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {NetworkHandlers.class}, (proxy, method, arguments) -> null);
        Service service = NetworkHandlers.service(none);
        assertEquals(service.description().methods().keySet(), service.handled());
    }

    @Test
    void every_method_of_the_layer_interface_has_a_handler_and_vice_versa() {
        LayerHandlers none = (LayerHandlers) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {LayerHandlers.class}, (proxy, method, arguments) -> null);
        Service service = LayerHandlers.service(none);
        assertEquals(service.description().methods().keySet(), service.handled());
    }

    @Test
    void every_method_of_the_trial_interface_has_a_handler_and_vice_versa() {
        Service service = TrialHandlers.service(nothing(TrialHandlers.class));
        assertEquals(service.description().methods().keySet(), service.handled());
    }

    @Test
    void a_handler_without_a_method_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> Service.of("org.overlayd.Subhost").on("Fly", call -> { }));
        assertThrows(IllegalArgumentException.class, () -> Service.of("org.overlayd.Subhost").onWithFds("Boot", call -> { }, "wings"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.overlayd.Command", "org.overlayd.Subhost", "org.overlayd.Network", "org.overlayd.Layer", "org.overlayd.Trial", "org.overlayd.Group"})
    void our_interfaces_can_say_that_the_daemon_failed(String name) {
        assertTrue(Interface.resource(name).errors().containsKey("InternalFailure"));
    }

    @Test
    void right_parameters_have_no_fault() throws IOException {
        assertEquals(Optional.empty(), fault("Boot", "{\"subhost\":\"web\",\"strict\":null}"));
        assertEquals(Optional.empty(), fault("List", "{\"states\":[\"running\",\"failed\"]}"));
        assertEquals(Optional.empty(), fault("List", "{}"));
    }

    @Test
    void a_fault_names_the_parameter() throws IOException {
        assertEquals(Optional.of("subhost"), fault("Boot", "{}"));
        assertEquals(Optional.of("subhost"), fault("Boot", "{\"subhost\":null}"));
        assertEquals(Optional.of("subhost"), fault("Boot", "{\"subhost\":7}"));
        assertEquals(Optional.of("strickt"), fault("Boot", "{\"subhost\":\"web\",\"strickt\":true}"));
        assertEquals(Optional.of("states[1]"), fault("List", "{\"states\":[\"running\",\"flying\"]}"));
        assertEquals(Optional.of("timeoutSeconds"), fault("Stop", "{\"subhost\":\"web\",\"timeoutSeconds\":1.5}"));
    }

    @Test
    void comments_may_stand_anywhere() {
        Interface parsed = Interface.parse("# a\ninterface a.b # c\nmethod M(# d\n a: ?[]int # e\n)->()#f");
        assertEquals(new Type.Nullable(new Type.ArrayOf(Type.Basic.INT)), parsed.methods().get("M").input().fields().get("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "interface a", "interface a.b type t()", "interface a.b type T(a: B)", "interface a.b type T(a: ??int)",
        "interface a.b method M() -> (a)", "interface a.b error E(a: int, a: int)", "interface a.b type T() type T()",
        "interface a.b method M(", "interface -a.b", "interface a.b x", "interface a.b type T(a, b: int)", "interface a.b type T(a: [int]int)"})
    void a_broken_description_is_refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Interface.parse(text));
    }

    @Test
    void a_half_surrogate_is_written_as_replacement_character() throws IOException {
        byte[] echoed = Json.write(Json.parse("{\"a\":\"x\\ud800y\"}".getBytes(StandardCharsets.UTF_8)));
        assertEquals("{\"a\":\"x\uFFFDy\"}", new String(echoed, StandardCharsets.UTF_8));
        assertFalse(new String(Json.write(Json.object().put("nul", "\0")), StandardCharsets.UTF_8).contains("\0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{}{}", "{\"a\":1,\"a\":null}", "{\"a\":99999999999999999999}", "nul", "{'a':1}", "{a:1}", "[1,]"})
    void only_exactly_one_strict_value_is_read(String text) {
        assertThrows(IOException.class, () -> Json.parse(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void nesting_is_bounded() throws IOException {
        Json.parse(("[".repeat(64) + "]".repeat(64)).getBytes(StandardCharsets.UTF_8));
        assertThrows(IOException.class, () -> Json.parse("[".repeat(65).getBytes(StandardCharsets.UTF_8)));
        assertThrows(IOException.class, () -> Json.parse("{\"a\":".repeat(100_000).getBytes(StandardCharsets.UTF_8)));
    }
}
