package overlayd.kernel.jna;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import overlayd.kernel.Events;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;

/**
 * Notice of a group's memory running out. cgroup2: memory.events has changed (POLLPRI). v1: an eventfd that cgroup.event_control has tied to
 * memory.oom_control; it counts also when the group is removed.
 */
final class OutOfMemoryWatch implements Events.Registration {
    private static final int MOST_BYTES = 4096;

    private final Fd fd;
    private final Events.Registration registration;

    private OutOfMemoryWatch(Fd fd, Events.Registration registration) {
        this.fd = fd;
        this.registration = registration;
    }

    static OutOfMemoryWatch on(CgroupDirectory group, boolean unified, Events events, Pipes pipes, Runnable action) throws KernelException {
        Fd fd = unified ? group.open("/memory.events", Abi.O_RDONLY) : eventfd(group, pipes);
        try {
            return new OutOfMemoryWatch(fd, events.watch(fd, Set.of(unified ? Events.Interest.PRIORITY : Events.Interest.READABLE),
                    Events.Repeat.ALWAYS, event -> {
                        consume(fd, unified, pipes);
                        action.run();
                    }));
        } catch (KernelException refused) {
            fd.close();
            throw refused;
        }
    }

    private static void consume(Fd fd, boolean unified, Pipes pipes) throws KernelException {
        if (unified) {
            pipes.contents(fd, MOST_BYTES);
        } else {
            try (Arena arena = new Arena()) {
                Libc.raw(SyscallNumber.READ, fd.number(), Libc.address(arena.zeroed(8)), 8);
            }
        }
    }

    private static Fd eventfd(CgroupDirectory group, Pipes pipes) throws KernelException {
        Fd eventfd = Libc.open("make eventfd", "", SyscallNumber.EVENTFD2, 0, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK);
        try (Fd oom = group.open("/memory.oom_control", Abi.O_RDONLY); Fd control = group.open("/cgroup.event_control", Abi.O_WRONLY)) {
            pipes.writeAll(control, (eventfd.number() + " " + oom.number()).getBytes(StandardCharsets.US_ASCII));
            return eventfd;
        } catch (KernelException refused) {
            eventfd.close();
            throw refused;
        }
    }

    @Override
    public synchronized void cancel() {
        registration.cancel();
        fd.close();
    }
}
