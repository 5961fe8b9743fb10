package overlayd.command;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import overlayd.subhost.Progress;
import overlayd.subhost.ServiceEnd;

/**
 * Progress of a boot or stop on the client's standard error. A thread of its own writes: a terminal that is stopped by Ctrl-S, or a
 * client that has gone, must not hold up the boot.
 */
final class ProgressLines implements Progress, AutoCloseable {
    /** How much the user wants to read. */
    enum Detail { QUIET, NORMAL, VERBOSE }

    /** What is shorter than this is not worth a line. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private record Line(String text, boolean certain) {
    }

    private static final Line END = new Line("", true);

    private final Invocation invocation;
    private final String command;
    private final String subject;
    private final Detail detail;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final long begun = System.nanoTime();
    private final Map<String, Long> since = new ConcurrentHashMap<>();
    private Thread writer;

    ProgressLines(Invocation invocation, String command, String subject, Detail detail) {
        this.invocation = invocation;
        this.command = command;
        this.subject = subject;
        this.detail = detail;
    }

    /** What the options -q and -v ask for. */
    static Detail detail(Given given) {
        return given.has("--quiet") ? Detail.QUIET : given.has("--verbose") ? Detail.VERBOSE : Detail.NORMAL;
    }

    @Override
    public void service(String service, String verb) {
        since.put(service, System.nanoTime());
        add(subject + ": " + (verb.equals("stop") ? "stopping " : "starting ") + service, false);
    }

    @Override
    public void serviceDone(String service, String verb, int status) {
        // What fails to start is told in the end, as the reason why the subhost is degraded or was undone.
        boolean certain = status != 0 && verb.equals("stop");
        Long from = since.remove(service);
        if (status != 0 || detail == Detail.VERBOSE) {
            ServiceEnd end = new ServiceEnd(service, verb, status);
            add(subject + ": " + (from == null ? end.words() : end.words((System.nanoTime() - from) / 1000)), certain);
        }
    }

    @Override
    public void warning(String text) {
        add(subject + ": warning: " + text, true);
    }

    private synchronized void add(String text, boolean certain) {
        if (detail == Detail.QUIET) {
            return;
        }
        if (writer == null) {
            writer = new Thread(this::write, "progress");
            writer.setDaemon(true);
            writer.start();
        }
        lines.add(new Line(text, certain));
    }

    /** Lines that are not certain to be shown wait: they are once this has lasted, and only on a terminal, or when asked for. */
    private void write() {
        boolean wanted = detail == Detail.VERBOSE || invocation.console().errIsTerminal();
        Line held = null;
        try {
            while (true) {
                long patience = detail == Detail.VERBOSE ? 0 : PATIENCE.toNanos() - (System.nanoTime() - begun);
                Line line = held == null || patience <= 0 ? lines.take() : lines.poll(patience, TimeUnit.NANOSECONDS);
                boolean late = detail == Detail.VERBOSE || System.nanoTime() - begun >= PATIENCE.toNanos();
                if (line == null) {
                    print(held);
                    held = null;
                } else if (line == END) {
                    return;
                } else if (line.certain() || wanted && late) {
                    print(line);
                    held = null;
                } else {
                    held = wanted ? line : null;
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(Line line) {
        invocation.complain(command, "", line.text());
    }

    /** Returns when all is written; the boot or stop is over by then, so nothing but the command itself waits. */
    @Override
    public void close() {
        Thread waitedFor;
        synchronized (this) {
            waitedFor = writer;
            lines.add(END);
        }
        try {
            if (waitedFor != null) {
                waitedFor.join();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
