package overlayd.network;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.RunningProgram;
import overlayd.kernel.SpawnRequest;

/**
 * ifup(8) and ifdown(8) of the host, where they are installed. They keep their own idea of what is configured
 * (/run/network/ifstate), which outlives an interface that vanished: ifup would then say "already configured" and do nothing.
 */
final class Ifupdown {
    private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/sbin");
    /** ifupdown and ifupdown-ng. */
    private static final List<String> STATES = List.of("/run/network/ifstate", "/run/ifstate");
    private static final int STATE_LIMIT = 1 << 20;
    private static final long BOUND_MILLIS = 30_000;
    private static final List<String> ENVIRONMENT =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8");

    private final Kernel kernel;

    Ifupdown(Kernel kernel) {
        this.kernel = kernel;
    }

    /** @return why it did not work; empty when it did, or when there is no ifup */
    Optional<String> up(String link) throws KernelException {
        Optional<String> ifup = program("ifup");
        if (ifup.isEmpty()) {
            return Optional.empty();
        }
        if (configured(link)) {
            run("ifdown", "-f", link);
        }
        return run("ifup", link);
    }

    /** Takes down what ifup configured. EBUSY: ifdown cannot forget it. */
    void down(String link) throws KernelException {
        if (!configured(link) || program("ifdown").isEmpty()) {
            return;
        }
        Optional<String> failure = run("ifdown", link);
        if (failure.isPresent()) {
            failure = run("ifdown", "-f", link);
        }
        if (failure.isPresent() && configured(link)) {
            throw new KernelException("ifdown", link, Errno.EBUSY, failure.get());
        }
    }

    private Optional<String> run(String name, String... arguments) {
        Optional<String> program = program(name);
        if (program.isEmpty()) {
            return Optional.of(name + " is not installed");
        }
        SpawnRequest request = SpawnRequest.of(program.get(), arguments).withEnvironment(ENVIRONMENT).withDirectory("/");
        String words = name + " " + String.join(" ", arguments);
        try (RunningProgram running = RunningProgram.start(kernel, request)) {
            RunningProgram.Outcome outcome = running.await(Deadline.afterMillis(BOUND_MILLIS));
            return outcome.success() ? Optional.empty() : Optional.of(words + " " + outcome.text());
        } catch (KernelException e) {
            return Optional.of(words + ": " + e.getMessage());
        }
    }

    private Optional<String> program(String name) {
        for (String directory : DIRECTORIES) {
            try {
                String path = directory + "/" + name;
                if (kernel.files().target(path).kind() == Kind.REGULAR) {
                    return Optional.of(path);
                }
            } catch (KernelException absent) {
                // look on
            }
        }
        return Optional.empty();
    }

    private boolean configured(String link) {
        for (String state : STATES) {
            try {
                String text = new String(kernel.files().read(state, STATE_LIMIT), StandardCharsets.UTF_8);
                if (text.lines().anyMatch(line -> names(line, link))) {
                    return true;
                }
            } catch (KernelException absent) {
                // no ifupdown of this kind, or nothing configured since the host's start
            }
        }
        return false;
    }

    /** {@code eth0=eth0} (ifupdown), {@code eth0=eth0 1} (ifupdown-ng). */
    static boolean names(String line, String link) {
        return line.startsWith(link + "=");
    }
}
