package overlayd.report;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import overlayd.kernel.Events;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pidfd;
import overlayd.state.SubhostRecord;

/** Reads a subhost's log, old parts included, and goes on with it while the subhost lives. */
public final class LogReading {
    private final Kernel kernel;

    public LogReading(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Passes on the last {@code lines} lines, or everything. */
    public void read(Path log, Optional<Integer> lines, Consumer<byte[]> sink) throws IOException {
        List<FileChannel> parts = parts(log, lines);
        Consumer<byte[]> asked = lines.isPresent() ? atMost(lines.get(), sink) : sink;
        try {
            for (FileChannel part : parts) {
                LogFiles.drain(part, asked);
            }
        } finally {
            for (FileChannel part : parts) {
                part.close();
            }
        }
    }

    /** What comes in while the last lines are read makes no more of them. */
    static Consumer<byte[]> atMost(int lines, Consumer<byte[]> sink) {
        int[] left = {lines};
        return piece -> {
            int end = 0;
            while (end < piece.length && left[0] > 0) {
                left[0] -= piece[end++] == '\n' ? 1 : 0;
            }
            if (end > 0) {
                sink.accept(Arrays.copyOf(piece, end));
            }
        };
    }

    /**
     * As {@link #read}, then what comes, until pid 1 of {@code subhost} ends or somebody ends it.
     */
    public void follow(SubhostRecord subhost, Path log, Optional<Integer> lines, Sinks sinks) throws IOException, KernelException {
        Object key = LogFiles.key(log);
        List<FileChannel> parts = new ArrayList<>(parts(log, lines));
        FileChannel current = parts.isEmpty() ? null : parts.remove(parts.size() - 1);
        try (LogFollower follower = new LogFollower(log, current, key, sinks.bytes())) {
            sinks.end().accept(follower::end);
            for (FileChannel part : parts) {
                LogFiles.drain(part, sinks.bytes());
            }
            untilEnd(subhost, follower);
        } finally {
            for (FileChannel part : parts) {
                part.close();
            }
        }
    }

    /** Where bytes go, and who is told how to end the following. */
    public record Sinks(Consumer<byte[]> bytes, Consumer<Runnable> end) {
    }

    private void untilEnd(SubhostRecord subhost, LogFollower follower) throws IOException, KernelException {
        Optional<Pidfd> init = init(subhost);
        if (init.isEmpty()) {
            follower.end();
            follower.follow();
            return;
        }
        try (Pidfd pidfd = init.get()) {
            Events.Registration ended = kernel.events().watch(pidfd.fd(), Set.of(Events.Interest.READABLE), Events.Repeat.ONCE,
                    event -> follower.end());
            try {
                follower.follow();
            } finally {
                ended.cancel();
            }
        }
    }

    /** A handle on pid 1; empty when it does not live any more. */
    private Optional<Pidfd> init(SubhostRecord subhost) throws KernelException {
        if (subhost.initPid() == 0 || !subhost.state().isLive()) {
            return Optional.empty();
        }
        Pidfd pidfd;
        try {
            pidfd = kernel.processes().open(subhost.initPid());
        } catch (KernelException ended) {
            return Optional.empty();
        }
        if (kernel.processes().isSame(subhost.initPid(), subhost.life().initStart())) {
            return Optional.of(pidfd);
        }
        pidfd.close();
        return Optional.empty();
    }

    /** The files to read, oldest first, each at the place to begin. */
    private static List<FileChannel> parts(Path log, Optional<Integer> lines) throws IOException {
        List<Path> files = LogFiles.of(log);
        Deque<FileChannel> parts = new ArrayDeque<>();
        int missing = lines.orElse(Integer.MAX_VALUE);
        try {
            for (int i = files.size() - 1; i >= 0 && (missing > 0 || i == files.size() - 1); i--) {
                FileChannel part = LogFiles.open(files.get(i));
                parts.addFirst(part);
                if (lines.isPresent()) {
                    missing -= LogFiles.seekLastLines(part, missing);
                }
            }
        } catch (IOException unreadable) {
            for (FileChannel part : parts) {
                part.close();
            }
            throw unreadable;
        }
        return List.copyOf(parts);
    }
}
