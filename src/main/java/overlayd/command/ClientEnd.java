package overlayd.command;

import java.util.Optional;
import overlayd.report.ReaderGone;

/** A signal to the client, or its end, ends a command that would else go on for ever. Thread-safe. */
final class ClientEnd {
    private Optional<Runnable> ender = Optional.empty();
    private boolean ended;
    private ExitCode code = ExitCode.OK;

    private ClientEnd() {
    }

    static ClientEnd of(Client client) {
        ClientEnd end = new ClientEnd();
        client.onInterrupt(end::arrive);
        client.onHangup(end::end);
        return end;
    }

    private synchronized void arrive(int signal) {
        code = ExitCode.ofSignal(signal).orElse(ExitCode.INTERRUPTED);
        end();
    }

    private synchronized void end() {
        ended = true;
        ender.ifPresent(Runnable::run);
    }

    /** Has {@code runnable} called when the command is to end; at once when that is so now. */
    synchronized void ends(Runnable runnable) {
        ender = Optional.of(runnable);
        if (ended) {
            runnable.run();
        }
    }

    synchronized boolean hasCome() {
        return ended;
    }

    /** @throws ReaderGone when it has come, to leave a long output in the middle */
    synchronized void check() {
        if (ended) {
            throw new ReaderGone("the client has ended");
        }
    }

    /** What the command exits with: OK unless a signal has come. */
    synchronized ExitCode code() {
        return code;
    }
}
