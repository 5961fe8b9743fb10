package overlayd.metrics;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Events;

/**
 * Answers GET /metrics by HTTP on a Unix socket, and nothing else. One request for a connection; whoever takes longer than {@link #PATIENCE} to
 * ask or to read is cut off, and more than {@link #MOST} at once are turned away, so that nobody else in the daemon is ever held up.
 */
public final class MetricsSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsSocket.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST = 4;
    private static final int LONGEST_REQUEST = 8192;

    private final Path path;
    private final ServerSocketChannel listening;
    private final Supplier<String> text;
    private final Events events;
    private final ExecutorService workers = new ThreadPoolExecutor(0, MOST, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), MetricsSocket::thread);

    private MetricsSocket(Path path, ServerSocketChannel listening, Supplier<String> text, Events events) {
        this.path = path;
        this.listening = listening;
        this.text = text;
        this.events = events;
    }

    /**
     * Listens from now on. Whoever reaches the socket may ask; who does is the directory's to say.
     *
     * @throws IOException the directory is not there, or something else lies there; one of a dead daemon is taken away
     */
    public static MetricsSocket listen(Path path, Supplier<String> text, Events events) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
                throw new IOException("METRICS_SOCKET: " + path + " is there, and no socket");
            }
            Files.delete(path);
        }
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException refused) {
            listening.close();
            throw new IOException("METRICS_SOCKET: cannot listen on " + path + ": " + refused.getMessage(), refused);
        }
        MetricsSocket socket = new MetricsSocket(path, listening, text, events);
        thread(socket::serve).start();
        return socket;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "metrics");
        thread.setDaemon(true);
        return thread;
    }

    private void serve() {
        while (listening.isOpen()) {
            try {
                SocketChannel client = listening.accept();
                try {
                    workers.execute(() -> answer(client));
                } catch (RejectedExecutionException tooMany) {
                    client.close();
                }
            } catch (IOException ended) {
                LOG.debug("metrics: {}", ended.getMessage());
                if (listening.isOpen()) {
                    LockSupport.parkNanos(100_000_000L); // no descriptor is free: whoever asks has to wait
                }
            }
        }
    }

    private void answer(SocketChannel client) {
        Events.Registration late = events.timer(PATIENCE, () -> close(client));
        try (client) {
            ByteBuffer response = ByteBuffer.wrap(response(request(client)).getBytes(StandardCharsets.UTF_8));
            while (response.hasRemaining()) {
                client.write(response);
            }
        } catch (IOException gone) {
            LOG.debug("metrics: {}", gone.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("metrics", defect);
        } finally {
            late.cancel();
        }
    }

    private static void close(SocketChannel client) {
        try {
            client.close();
        } catch (IOException closed) {
            LOG.debug("metrics: {}", closed.getMessage());
        }
    }

    /** The head of a request, as far as it came. */
    private static String request(SocketChannel client) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_REQUEST);
        String head = "";
        while (!head.contains("\r\n\r\n") && !head.contains("\n\n") && bytes.hasRemaining() && client.read(bytes) >= 0) {
            head = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        }
        return head;
    }

    private String response(String request) {
        String[] line = request.split("\r?\n", 2)[0].split(" ");
        if (line.length != 3 || !line[2].startsWith("HTTP/1.")) {
            return response("400 Bad Request", "", "this is no HTTP/1.1 request\n");
        }
        if (!line[0].equals("GET")) {
            return response("405 Method Not Allowed", "Allow: GET\r\n", "only GET\n");
        }
        if (!line[1].equals("/metrics") && !line[1].startsWith("/metrics?")) {
            return response("404 Not Found", "", "only /metrics\n");
        }
        return response("200 OK", "", text.get());
    }

    private static String response(String status, String header, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n" + header + "Connection: close\r\n\r\n" + body;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        workers.shutdown();
        Files.deleteIfExists(path);
    }
}
