package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Pidfd;

/** A process that does nothing but note the signals it gets. */
final class FakePidfd implements Pidfd {
    final List<Integer> signals = new ArrayList<>();
    private final int pid;
    private final Fd fd = new Fd(1000, number -> { });

    FakePidfd(int pid) {
        this.pid = pid;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Fd fd() {
        return fd;
    }

    @Override
    public void signal(int number) {
        signals.add(number);
    }

    @Override
    public boolean hasEnded() {
        return false;
    }

    @Override
    public Optional<ExitStatus> await(Deadline deadline) {
        return Optional.empty();
    }

    @Override
    public void close() {
        fd.close();
    }
}
