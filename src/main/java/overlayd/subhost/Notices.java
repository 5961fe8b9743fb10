package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import overlayd.kernel.Deadline;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.InitStep;

/**
 * Hears from a full init that it has booted: READY=1 in a datagram (sd_notify(3), "as pid 1 of a container", systemd(1)). The socket has an
 * abstract name in the subhost's netns, so it needs no file in its root; once the boot is over nobody listens, which the init does not mind.
 * Any process of the subhost may say so: it concerns only when the boot is told to be done.
 */
final class Notices implements AutoCloseable {
    private static final int LONGEST = 4096;

    private final Kernel kernel;
    private final Optional<Fd> socket;
    private final CompletableFuture<Void> said = new CompletableFuture<>();

    private Notices(Kernel kernel, Optional<Fd> socket) {
        this.kernel = kernel;
        this.socket = socket;
    }

    /** Listens, where the step waits for a notice. */
    static Notices of(Kernel kernel, InitStep.AwaitReady step, Fd netns) throws KernelException {
        if (step.sign() != InitStep.AwaitReady.Sign.NOTICE) {
            return new Notices(kernel, Optional.empty());
        }
        return new Notices(kernel, Optional.of(kernel.namespaces().<Fd, KernelException>run(place -> {
            place.enterNet(netns);
            return kernel.sockets().datagrams(InitStep.AwaitReady.NOTICES);
        })));
    }

    /** Waits for the notice, or the end of pid 1. @return why it is degraded: no notice came in time; else empty */
    String await(Subhost subhost, InitStep.AwaitReady step) throws KernelException {
        if (socket.isEmpty()) {
            return "";
        }
        Deadline deadline = step.timeoutSeconds() == 0 ? Deadline.NEVER : Deadline.after(Duration.ofSeconds(step.timeoutSeconds()));
        Events.Registration registration = kernel.events().watch(socket.get(), Set.of(Events.Interest.READABLE), Events.Repeat.ALWAYS,
                event -> take());
        try {
            CompletableFuture.anyOf(said, subhost.ended()).get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            return "";
        } catch (TimeoutException late) {
            return "its init has not said within " + step.timeoutSeconds() + " s that it has booted";
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return "";
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            registration.cancel();
        }
    }

    private void take() throws KernelException {
        Optional<byte[]> datagram = kernel.pipes().read(socket.orElseThrow(), LONGEST, Deadline.afterMillis(0));
        List<String> lines = datagram.map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList()).orElse(List.of());
        if (lines.contains("READY=1")) {
            said.complete(null);
        }
    }

    @Override
    public void close() {
        socket.ifPresent(Fd::close);
    }
}
