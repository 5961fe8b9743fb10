package overlayd.enter;

import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.subhost.InsideCommand;

/** A command that runs in a subhost. One thread waits; {@link #signal} may come from any other. */
public interface Session extends AutoCloseable {
    /** Starts commands in running subhosts. */
    @FunctionalInterface
    interface Starter {
        /**
         * @throws RefusedException UNKNOWN, NOT_RUNNING
         * @throws KernelException the helper could not be started
         */
        Session start(String name, InsideCommand.Request request) throws RefusedException, KernelException;
    }

    /** The master of the terminal that was asked for; the caller's. Once, before {@link #await}. */
    Fd terminal() throws KernelException;

    /** Waits until the command has ended. Empty: the deadline passed first; it still runs. */
    Optional<InsideCommand.Outcome> await(Deadline deadline) throws KernelException;

    /** Sends a signal to the command's process group. Nobody there any more is fine. */
    void signal(int number);

    /** Lets go of it; a command that still runs goes on. */
    @Override
    void close();

    /** The real one. */
    static Session of(InsideCommand command) {
        return new Session() {
            @Override
            public Fd terminal() throws KernelException {
                return command.terminal();
            }

            @Override
            public Optional<InsideCommand.Outcome> await(Deadline deadline) throws KernelException {
                return command.await(deadline);
            }

            @Override
            public void signal(int number) {
                command.signal(number);
            }

            @Override
            public void close() {
                command.close();
            }
        };
    }
}
