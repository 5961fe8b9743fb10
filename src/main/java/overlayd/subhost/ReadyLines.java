package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The lines of the ready pipe, put together from chunks as they come: {@code start SERVICE}, {@code done SERVICE STATUS},
 * {@code fail STEP ERRNO}, {@code ready}. What pid 1 says is not trusted further than for telling the user: lines are short,
 * few, and unknown ones are passed over.
 */
final class ReadyLines {
    private static final int MAX_LINE = 512;
    private static final int MAX_SERVICES = 1000;
    private static final int MAX_SHOWN = 10;

    /** A step in pid 1 that the kernel refused, before it executed the init. */
    record InitFailure(String step, int errno) {
    }

    private final Progress progress;
    private final StringBuilder partial = new StringBuilder();
    private final List<Map.Entry<String, Integer>> failed = new ArrayList<>();
    private Optional<InitFailure> failure = Optional.empty();
    private boolean ready;
    private Optional<String> current = Optional.empty();

    ReadyLines(Progress progress) {
        this.progress = progress;
    }

    /** Takes what was read. */
    void take(byte[] bytes) {
        for (byte b : bytes) {
            if (b == '\n') {
                if (partial.length() < MAX_LINE) {
                    line(partial.toString());
                }
                partial.setLength(0);
            } else if (partial.length() < MAX_LINE) {
                partial.append((char) (b & 0xff));
            }
        }
    }

    private void line(String line) {
        String[] words = line.split(" ");
        if (words.length == 1 && words[0].equals("ready")) {
            ready = true;
        } else if (words.length == 2 && words[0].equals("start")) {
            current = Optional.of(utf8(words[1]));
            progress.service(utf8(words[1]), "start");
        } else if (words.length == 3 && words[0].equals("done") && words[2].matches("[0-9]{1,3}")) {
            done(utf8(words[1]), Integer.parseInt(words[2]));
        } else if (words.length == 3 && words[0].equals("fail") && words[2].matches("[0-9]{1,4}")) {
            failure = Optional.of(new InitFailure(words[1], Integer.parseInt(words[2])));
        }
    }

    private void done(String service, int status) {
        current = Optional.empty();
        if (status != 0 && failed.size() < MAX_SERVICES) {
            failed.add(Map.entry(service, status));
        }
        progress.serviceDone(service, "start", status);
    }

    private static String utf8(String latin1) {
        // It will be shown on an admin's terminal.
        return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}\\x80-\\x9f]", "?");
    }

    /** Whether the reaper said so. */
    boolean isReady() {
        return ready;
    }

    /** What pid 1 failed at, before its init ran. */
    Optional<InitFailure> failure() {
        return failure;
    }

    /** The service that is being started just now. */
    Optional<String> current() {
        return current;
    }

    /** Services that failed, with their exit status. */
    List<Map.Entry<String, Integer>> failedServices() {
        return List.copyOf(failed);
    }

    /** Why the subhost is degraded, or empty when every service started. */
    String degraded() {
        if (failed.isEmpty()) {
            return "";
        }
        List<String> words = failed.stream().limit(MAX_SHOWN).map(f -> ServiceEnd.ofStart(f.getKey(), f.getValue()).words()).toList();
        return String.join(", ", words) + (failed.size() > MAX_SHOWN ? " and " + (failed.size() - MAX_SHOWN) + " more" : "");
    }
}
