package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import overlayd.varlink.ClientConnection.Answers;
import overlayd.varlink.ClientConnection.Reply;

/** The rules of the protocol, over a real socket. */
@Timeout(20)
class ServerTest {
    private TestServer server;
    private ClientConnection client;

    @BeforeEach
    void open() throws Exception {
        server = new TestServer(Limits.DEFAULT);
        client = server.connect();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    private Reply raw(String json) throws Exception {
        client.send((json + "\0").getBytes(StandardCharsets.UTF_8));
        return client.receive().orElseThrow();
    }

    private Reply call(String method, ObjectNode parameters) throws Exception {
        client.call(method, parameters, Answers.ONE);
        return client.receive().orElseThrow();
    }

    @Test
    void get_info_names_product_and_interfaces() throws Exception {
        ObjectNode info = call("org.varlink.service.GetInfo", Json.object()).parameters();
        assertEquals("{\"vendor\":\"overlayd\",\"product\":\"test\",\"version\":\"1\",\"url\":\"https://example.org\","
            + "\"interfaces\":[\"org.example.test\",\"org.varlink.service\"]}", info.toString());
    }

    @Test
    void a_description_is_served_verbatim() throws Exception {
        Reply reply = call("org.varlink.service.GetInterfaceDescription", Json.object().put("interface", "org.example.test"));
        assertEquals(TestServer.INTERFACE, reply.parameters().get("description").textValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'method':'org.none.Such'} | InterfaceNotFound | {'interface':'org.none'}",
        "{'method':'nothing'} | InterfaceNotFound | {'interface':''}",
        "{'method':'org.example.test.Fly'} | MethodNotFound | {'method':'org.example.test.Fly'}",
        "{'method':'org.example.test.'} | MethodNotFound | {'method':'org.example.test.'}",
        "{'method':'org.example.test.Absent'} | MethodNotImplemented | {'method':'org.example.test.Absent'}",
        "{'method':'org.example.test.Ping','parameters':[]} | InvalidParameter | {'parameter':'parameters'}",
        "{'method':'org.example.test.Ping','parameters':{'text':1}} | InvalidParameter | {'parameter':'text'}",
        "{'method':'org.example.test.Ping','parameters':{'colour':'blue'}} | InvalidParameter | {'parameter':'colour'}",
        "{'method':'org.example.test.Ping','upgrade':true} | InvalidParameter | {'parameter':'upgrade'}",
        "{'method':'org.example.test.Count'} | InvalidParameter | {'parameter':'to'}",
        "{'method':'org.varlink.service.GetInterfaceDescription','parameters':{'interface':'a.b'}} | InterfaceNotFound | {'interface':'a.b'}",
    })
    void a_wrong_call_gets_the_error_of_the_specification(String call, String error, String parameters) throws Exception {
        Reply reply = raw(call.replace('\'', '"'));
        assertEquals("org.varlink.service." + error, reply.error());
        assertEquals(parameters.replace('\'', '"'), reply.parameters().toString());
        assertEquals("still here", call("org.example.test.Ping", Json.object().put("text", "still here")).parameters().get("text").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"parameters\":null", ",\"parameters\":{}", ",\"somethingNew\":{\"a\":[1]}", ",\"more\":null,\"oneway\":false"})
    void absent_null_and_empty_parameters_are_equal_and_other_keys_are_tolerated(String rest) throws Exception {
        assertNull(raw("{\"method\":\"org.example.test.Ping\"" + rest + "}").error());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "{}", "{\"method\":7}", "{\"method\":\"a.B\",\"more\":1}", "{\"method\":\"a.B\",\"method\":\"a.C\"}",
        "{\"method\":\"a.B\",\"more\":true,\"oneway\":true}", "{\"method\":\"a.B\"}}", "\uFEFF{\"method\"", "{\"method\":\"a.B\",\"parameters\":{\"a\":\u0001}}"})
    void what_is_no_call_ends_the_connection(String message) throws Exception {
        client.send((message + "\0").getBytes(StandardCharsets.UTF_8));
        assertEquals(Optional.empty(), client.receive());
    }

    @Test
    void pipelined_calls_are_answered_in_order() throws Exception {
        StringBuilder calls = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            calls.append("{\"method\":\"org.example.test.Ping\",\"parameters\":{\"text\":\"").append(i).append("\"}}\0");
        }
        client.send(calls.toString().getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 1000; i++) {
            assertEquals(String.valueOf(i), client.receive().orElseThrow().parameters().get("text").textValue());
        }
    }

    @Test
    void a_message_may_arrive_byte_by_byte() throws Exception {
        for (byte b : "{\"method\":\"org.example.test.Ping\",\"parameters\":{\"text\":\"ä€\"}}\0".getBytes(StandardCharsets.UTF_8)) {
            client.send(new byte[] {b});
        }
        assertEquals("ä€", client.receive().orElseThrow().parameters().get("text").textValue());
    }

    @Test
    void more_gets_replies_that_continue() throws Exception {
        client.call("org.example.test.Count", Json.object().put("to", 3), Answers.MORE);
        for (int i = 0; i < 3; i++) {
            Reply reply = client.receive().orElseThrow();
            assertEquals(i, reply.parameters().get("number").intValue());
            assertTrue(reply.continues());
        }
        Reply last = client.receive().orElseThrow();
        assertEquals(3, last.parameters().get("number").intValue());
        assertFalse(last.continues());
    }

    @Test
    void without_more_only_the_last_reply_is_sent() throws Exception {
        assertEquals(3, call("org.example.test.Count", Json.object().put("to", 3)).parameters().get("number").intValue());
    }

    @Test
    void oneway_gets_no_answer_not_even_an_error() throws Exception {
        client.call("org.example.test.Count", Json.object().put("to", -1), Answers.NONE);
        client.call("org.none.Such", Json.object(), Answers.NONE);
        assertEquals("x", call("org.example.test.Ping", Json.object().put("text", "x")).parameters().get("text").textValue());
    }

    @Test
    void a_declared_error_arrives_with_its_parameters() throws Exception {
        Reply reply = call("org.example.test.Count", Json.object().put("to", -1));
        assertEquals("org.example.test.Refused", reply.error());
        assertEquals("negative", reply.parameters().get("why").textValue());
    }

    @Test
    void a_handler_that_crashes_or_forgets_to_answer_is_an_internal_failure_and_the_connection_lives() throws Exception {
        assertEquals("org.example.test.InternalFailure", call("org.example.test.Crash", Json.object()).error());
        assertEquals("org.example.test.InternalFailure", call("org.example.test.Silent", Json.object()).error());
        assertNull(call("org.example.test.Ping", Json.object()).error());
    }

    @ParameterizedTest
    @ValueSource(strings = {"reply", "error", "its parameters"})
    void under_test_an_answer_that_is_not_as_the_interface_says_is_caught(String about) throws Exception {
        Reply reply = call("org.example.test.Lie", Json.object().put("about", about));
        assertEquals("org.example.test.InternalFailure", reply.error());
        assertTrue(reply.parameters().get("message").textValue().contains("not as the interface says"));
    }

    @Test
    void an_answer_larger_than_the_socket_buffer_arrives() throws Exception {
        assertEquals(3_000_000, call("org.example.test.Flood", Json.object().put("bytes", 3_000_000)).parameters().get("text").textValue().length());
    }

    @Test
    void a_half_closed_client_gets_its_answer() throws Exception {
        client.call("org.example.test.Watch", Json.object(), Answers.ONE);
        client.endCalls();
        assertEquals("watching", server.events.poll(5, TimeUnit.SECONDS));
        assertNull(server.events.poll(50, TimeUnit.MILLISECONDS));
        server.release.countDown();
        assertEquals("done", client.receive().orElseThrow().parameters().get("text").textValue());
    }

    @Test
    void an_interrupt_reaches_the_running_call() throws Exception {
        client.call("org.example.test.Watch", Json.object(), Answers.ONE);
        assertEquals("watching", server.events.poll(5, TimeUnit.SECONDS));
        for (int signal : new int[] {2, 15, 1}) {
            client.call("org.overlayd.Command.Interrupt", Json.object().put("signal", signal), Answers.NONE);
            assertEquals("signal " + signal, server.events.poll(5, TimeUnit.SECONDS));
        }
        server.release.countDown();
        assertEquals("done", client.receive().orElseThrow().parameters().get("text").textValue());
    }

    @Test
    void an_interrupt_sent_together_with_the_call_is_not_lost_and_keeps_its_order() throws Exception {
        String interrupt = "{\"method\":\"org.overlayd.Command.Interrupt\",\"parameters\":{\"signal\":%d},\"oneway\":true}\0";
        client.send(("{\"method\":\"org.example.test.Watch\"}\0" + interrupt.formatted(2) + "{\"method\":\"org.example.test.Ping\"}\0"
            + interrupt.formatted(15)).getBytes(StandardCharsets.UTF_8));
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            seen.add(server.events.poll(5, TimeUnit.SECONDS));
        }
        seen.remove("watching");
        assertEquals(List.of("signal 2", "signal 15"), seen);
        server.release.countDown();
        assertEquals("done", client.receive().orElseThrow().parameters().get("text").textValue());
        assertNull(client.receive().orElseThrow().error());
    }

    @Test
    void a_client_that_goes_away_is_noticed_while_its_call_runs() throws Exception {
        client.call("org.example.test.Watch", Json.object(), Answers.ONE);
        assertEquals("watching", server.events.poll(5, TimeUnit.SECONDS));
        client.close();
        assertEquals("hangup", server.events.poll(5, TimeUnit.SECONDS));
    }

    @Test
    void an_interrupt_sent_just_before_going_away_arrives_first() throws Exception {
        client.call("org.example.test.Watch", Json.object(), Answers.ONE);
        client.call("org.overlayd.Command.Interrupt", Json.object().put("signal", 1), Answers.NONE);
        client.close();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            seen.add(server.events.poll(5, TimeUnit.SECONDS));
        }
        seen.remove("watching"); // said by another thread, at any time
        assertEquals(List.of("signal 1", "hangup"), seen);
    }

    @Test
    void a_client_that_stays_away_for_a_while_is_served_again() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertNull(call("org.example.test.Ping", Json.object()).error());
            TimeUnit.MILLISECONDS.sleep(Limits.DEFAULT.idle().toMillis() + 100); // past the point where the thread is given back
        }
    }

    @Test
    void closing_the_server_ends_its_clients() throws Exception {
        assertNull(call("org.example.test.Ping", Json.object()).error());
        server.server.close();
        assertEquals(Optional.empty(), client.receive());
    }
}
