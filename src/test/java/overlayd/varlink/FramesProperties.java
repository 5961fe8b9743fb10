package overlayd.varlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import overlayd.kernel.Fd;
import overlayd.varlink.Frames.Frame;

/** The decoder against arbitrary bytes, cut at arbitrary places. */
class FramesProperties {
    @Provide
    Arbitrary<byte[]> message() {
        return Arbitraries.bytes().filter(b -> b != 0).array(byte[].class).ofMinSize(1).ofMaxSize(200);
    }

    @Property
    void whatever_the_cuts_the_messages_come_out_whole_and_in_order(@ForAll @Size(max = 20) List<@net.jqwik.api.From("message") byte[]> messages,
        @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 300) Integer> cuts) throws ProtocolFault {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            stream.writeBytes(message);
            stream.write(0);
        }
        byte[] bytes = stream.toByteArray();
        Frames frames = new Frames(1000, new Backlog(Long.MAX_VALUE).share());
        int at = 0;
        for (int i = 0; at < bytes.length; i++) {
            int end = i < cuts.size() ? Math.min(bytes.length, at + cuts.get(i)) : bytes.length;
            frames.accept(Arrays.copyOfRange(bytes, at, end), List.of());
            at = end;
        }
        for (byte[] message : messages) {
            assertArrayEquals(message, frames.poll().json());
        }
        assertNull(frames.poll());
        assertEquals(false, frames.halfSent());
    }

    @Property
    void every_descriptor_is_closed_once_whatever_comes(@ForAll @Size(max = 10) List<byte[]> chunks, @ForAll @Size(max = 10) List<@IntRange(min = 0, max = 120) Integer> counts) {
        AtomicInteger open = new AtomicInteger();
        Frames frames = new Frames(64, new Backlog(Long.MAX_VALUE).share());
        List<Frame> taken = new ArrayList<>();
        try {
            for (int i = 0; i < chunks.size(); i++) {
                List<Fd> fds = new ArrayList<>();
                int count = i < counts.size() && chunks.get(i).length > 0 ? counts.get(i) : 0;
                for (int n = 0; n < count; n++) {
                    open.incrementAndGet();
                    fds.add(new Fd(1000 + n, number -> open.decrementAndGet()));
                }
                frames.accept(chunks.get(i), fds);
                for (Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
                    taken.add(frame);
                }
            }
        } catch (ProtocolFault expected) {
            assertTrue(expected.getMessage().contains("message"));
        }
        taken.forEach(Frame::close);
        frames.close();
        assertEquals(0, open.get());
    }

    @Property
    void descriptors_go_to_the_last_message_that_starts_in_their_chunk(@ForAll @Size(min = 1, max = 5) List<@net.jqwik.api.From("message") byte[]> glued,
        @ForAll @IntRange(min = 0, max = 200) int cut) throws ProtocolFault {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] message : glued) {
            stream.writeBytes(message);
            stream.write(0);
        }
        byte[] last = glued.get(glued.size() - 1);
        int missing = Math.min(cut, last.length); // the carrying piece ends inside its message or with it
        byte[] bytes = stream.toByteArray();
        List<Fd> fds = List.of(new Fd(5, number -> { }));
        Frames frames = new Frames(1000, new Backlog(Long.MAX_VALUE).share());
        frames.accept(Arrays.copyOf(bytes, bytes.length - missing), fds);
        frames.accept(Arrays.copyOfRange(bytes, bytes.length - missing, bytes.length), List.of());
        for (int i = 0; i < glued.size(); i++) {
            assertEquals(i == glued.size() - 1 ? fds : List.of(), frames.poll().fds());
        }
    }

    @Property
    void arbitrary_bytes_are_a_request_or_a_fault_and_nothing_else(@ForAll byte[] bytes) {
        try {
            assertTrue(Request.decode(bytes).method() != null);
        } catch (ProtocolFault expected) {
            assertTrue(expected.getMessage() != null);
        }
    }

    @Property
    void text_that_is_nearly_a_call_is_a_request_or_a_fault(@ForAll("nearly") String text) {
        arbitrary_bytes_are_a_request_or_a_fault_and_nothing_else(text.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> nearly() {
        return Arbitraries.of("{", "}", "[", "]", ":", ",", "\"method\"", "\"a.B\"", "\"parameters\"", "\"more\"", "true", "null", "1e9", "-1", "\"\\u0000\"", " ", "\"")
            .list().ofMaxSize(20).map(parts -> String.join("", parts));
    }
}
