package overlayd.kernel;

import java.util.List;

/** What the kernel's log says of processes it killed for want of memory. Any thread. */
public interface OutOfMemory {
    /** One of them. {@code cgroup}: its group as the memory controller sees it, "/overlayd-ID/NAME"; {@code pid} in the host's namespace. */
    record Victim(String cgroup, String task, int pid) {
    }

    /** Those killed since the last call, or since the daemon's start; none where the log cannot be read. */
    List<Victim> victims();
}
