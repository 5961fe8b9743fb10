package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.state.Course;
import overlayd.state.Took;

/**
 * What the daemon itself writes into a subhost's LOG while it boots it, each line with "overlayd: " before it. The descriptor is its own,
 * because those of the boot are closed before its services have started. A log that cannot be written to stops no boot. One thread at a time.
 */
final class BootLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BootLog.class);

    private final Kernel kernel;
    private final String name;
    private final Optional<Fd> file;

    private BootLog(Kernel kernel, String name, Optional<Fd> file) {
        this.kernel = kernel;
        this.name = name;
        this.file = file;
    }

    /** The log of a boot whose steps on the host are done. */
    static BootLog of(Kernel kernel, PlanRunner.Run run) {
        Optional<Fd> file = Optional.empty();
        for (InitStarter.Named named : run.state().forInit()) {
            if (named.name().equals("log")) {
                try {
                    file = Optional.of(kernel.pipes().duplicate(named.fd()));
                } catch (KernelException refused) {
                    LOG.warn("{}: {}; its log will lack lines; ignoring", run.plan().name(), refused.getMessage());
                }
            }
        }
        return new BootLog(kernel, run.plan().name(), file);
    }

    /** Services of the default list that the root does not have. */
    void skipped(List<String> absent) {
        write("overlayd: not in this root, and not started: " + String.join(" ", absent) + " (START is not set; its default is meant)\n");
    }

    /** How long each service took, as {@code overlay-boot -v} tells it, where there is one. */
    void times(Course course, List<Map.Entry<String, Integer>> failed) {
        String lines = lines(course, failed.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, again) -> again)));
        if (!lines.isEmpty()) {
            write(lines);
        }
    }

    /** @param failed exit statuses of services that did not start */
    static String lines(Course course, Map<String, Integer> failed) {
        StringBuilder lines = new StringBuilder();
        for (Course.Span span : course.spans()) {
            if (span.kind() == Course.Kind.SERVICE) {
                ServiceEnd end = ServiceEnd.ofStart(span.name(), failed.getOrDefault(span.name(), 0));
                lines.append("overlayd: ").append(end.words(span.micros())).append('\n');
            }
        }
        return lines.length() == 0 ? "" : lines + "overlayd: booted after " + Took.text(course.micros()) + "\n";
    }

    private void write(String text) {
        file.ifPresent(log -> {
            try {
                kernel.pipes().writeAll(log, text.getBytes(StandardCharsets.UTF_8));
            } catch (KernelException full) {
                LOG.warn("{}: {}; ignoring", name, full.getMessage());
            }
        });
    }

    @Override
    public void close() {
        file.ifPresent(Fd::close);
    }
}
