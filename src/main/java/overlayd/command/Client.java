package overlayd.command;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import overlayd.kernel.Fd;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;

/** The process that wants a command run, as far as a command has to do with it. */
interface Client {
    /** Asks to be told the signals it gets, also earlier ones; on another thread, in order. */
    void onInterrupt(IntConsumer listener);

    /** Asks to be told that it has gone; on another thread, never after the command has ended. */
    void onHangup(Runnable listener);

    /** Gives it the master of a terminal, which it relays from now on; stays the caller's. */
    void terminal(Fd master) throws ClientGone;

    /** Has it call again, with OVERLAYD_RESUMED=1, when this daemon goes away before the command has ended. */
    void lasting() throws ClientGone;

    /** Its process id, as of when it connected. */
    int pid();

    /** Has {@code action} done when the client has been sent its exit status, before its descriptors are closed. */
    void afterwards(Runnable action);

    /** The one at the other end of a call of org.overlayd.Command.Run; {@code afterwards} takes what is to be done at the end. */
    static Client of(Call call, Consumer<Runnable> afterwards) {
        return new Client() {
            @Override
            public int pid() {
                return call.peer().pid();
            }

            @Override
            public void afterwards(Runnable action) {
                afterwards.accept(action);
            }

            @Override
            public void onInterrupt(IntConsumer listener) {
                call.onInterrupt(listener);
            }

            @Override
            public void onHangup(Runnable listener) {
                call.onHangup(listener);
            }

            @Override
            public void lasting() throws ClientGone {
                call.replyContinues(Json.object().put("lasting", true));
            }

            @Override
            public void terminal(Fd master) throws ClientGone {
                call.replyContinues(Json.object().put("terminal", 0), master);
            }
        };
    }
}
