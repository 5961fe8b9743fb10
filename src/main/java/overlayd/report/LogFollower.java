package overlayd.report;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import java.util.function.Consumer;

/** Follows a log as it grows, across its being cut, by inotify. {@link #end} may come from any thread. */
final class LogFollower implements AutoCloseable {
    private final Path log;
    private final Consumer<byte[]> sink;
    private final WatchService watch;
    private FileChannel file;
    private Object key;

    /**
     * From the position of {@code file}, an open log, or from whatever is there next when it is null. Owns it.
     *
     * @param key {@link LogFiles#key} of before it was opened: had the log been cut just then, a few lines come twice rather than never
     */
    LogFollower(Path log, FileChannel file, Object key, Consumer<byte[]> sink) throws IOException {
        this.log = log;
        this.file = file;
        this.sink = sink;
        this.key = file == null ? null : key;
        this.watch = log.getFileSystem().newWatchService();
        log.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    /** Returns after {@link #end}, when all that was there then has been passed on. */
    void follow() throws IOException {
        try {
            while (true) {
                advance();
                WatchKey woken = watch.take();
                woken.pollEvents();
                woken.reset();
            }
        } catch (ClosedWatchServiceException ended) {
            advance();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Passes on what is new; goes over to the next file when the log was cut. */
    private void advance() throws IOException {
        Object now = LogFiles.key(log);
        if (file != null) {
            LogFiles.drain(file, sink);
        }
        if (now != null && !Objects.equals(now, key)) {
            reopen(now);
        }
    }

    private void reopen(Object now) throws IOException {
        if (file != null) {
            // written between the drain above and the cut
            LogFiles.drain(file, sink);
            file.close();
        }
        file = LogFiles.open(log);
        key = now;
        LogFiles.drain(file, sink);
    }

    /** Ends {@link #follow}. */
    void end() {
        try {
            watch.close();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        end();
        if (file != null) {
            file.close();
        }
    }
}
