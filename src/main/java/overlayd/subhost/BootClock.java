package overlayd.subhost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.plan.HostStep;
import overlayd.plan.InitStep;
import overlayd.plan.MountStep;
import overlayd.plan.Step;
import overlayd.state.Course;

/**
 * Takes the times of one boot: on each of its threads one step after the other, services within the last of them. Costs a look at the clock
 * for each; texts are made when it is over. Thread-safe.
 */
final class BootClock {
    private static final Logger LOG = LoggerFactory.getLogger(BootClock.class);
    /** With LONGEST they bound the record, in which a character may take six bytes: a larger one is not read again (Rundir). */
    private static final int MOST = 1000;
    private static final int LONGEST = 80;

    /** What a thread is at. {@code what}: the step, or the name of a phase that is none. */
    private record Open(Object what, Course.Kind kind, String name, long since) {
    }

    private final long begun;
    private final List<Course.Span> spans = new ArrayList<>();
    private final Map<String, Long> services = new HashMap<>();
    private final Map<Thread, Open> open = new HashMap<>();

    /** @param begun of {@link System#nanoTime()}, when the boot was asked for */
    BootClock(long begun) {
        this.begun = begun;
        open.put(Thread.currentThread(), new Open("", Course.Kind.PLAN, "plan", begun));
    }

    /** A step begins on this thread, and what was before it is over. One that is looked at again has begun before. */
    void step(Step step) {
        begin(step, step instanceof HostStep ? Course.Kind.HOST : step instanceof MountStep ? Course.Kind.NAMESPACES
                : step instanceof InitStep.StartInit ? Course.Kind.INIT : Course.Kind.READY, step.name());
    }

    /** Something else begins on this thread. */
    void phase(Course.Kind kind, String name) {
        begin(name, kind, name);
    }

    private synchronized void begin(Object what, Course.Kind kind, String name) {
        Open before = open.get(Thread.currentThread());
        if (before == null || before.what() != what) {
            rest();
            open.put(Thread.currentThread(), new Open(what, kind, name, System.nanoTime()));
        }
    }

    /** This thread is at nothing: it waits for another, or is done. */
    synchronized void rest() {
        Open before = open.remove(Thread.currentThread());
        if (before != null) {
            add(before.kind(), before.name(), before.since());
        }
    }

    private long add(Course.Kind what, String name, long from) {
        long micros = (System.nanoTime() - from) / 1000;
        if (spans.size() < MOST) {
            spans.add(new Course.Span(what, (from - begun) / 1000, micros, name.length() > LONGEST ? name.substring(0, LONGEST) : name));
        }
        return micros;
    }

    /** It is over: all that was taken. */
    synchronized Course stop() {
        open.values().forEach(one -> add(one.kind(), one.name(), one.since()));
        open.clear();
        return new Course(spans.stream().sorted(java.util.Comparator.comparingLong(Course.Span::start)).toList());
    }

    private synchronized void begin(String service) {
        if (services.size() < MOST && spans.size() < MOST) { // an init of the user's own may write such lines for ever
            services.put(service, System.nanoTime());
        }
    }

    private synchronized void end(String subhost, String service, int status) {
        Long from = services.remove(service);
        if (from != null) {
            long micros = add(Course.Kind.SERVICE, service, from);
            LOG.info("{}: service {}", subhost, ServiceEnd.ofStart(service, status).words(micros));
        }
    }

    /** Hands on what {@code listener} is told, and takes the times of services. */
    Progress listening(String subhost, Progress listener) {
        return new Progress() {
            @Override
            public void service(String service, String verb) {
                begin(service);
                listener.service(service, verb);
            }

            @Override
            public void serviceDone(String service, String verb, int status) {
                end(subhost, service, status);
                listener.serviceDone(service, verb, status);
            }

            @Override
            public void warning(String text) {
                listener.warning(text);
            }
        };
    }
}
