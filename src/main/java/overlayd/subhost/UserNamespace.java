package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import overlayd.config.IdRange;
import overlayd.kernel.Child;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;
import overlayd.kernel.Sockets;
import overlayd.kernel.SpawnRequest;

/**
 * A new user namespace, and a netns that belongs to it. unshare(CLONE_NEWUSER) is not for a process of several threads, so a C process makes
 * them, which ends when both are taken:
 *
 * <pre>
 *   process -> daemon   MADE     (or FAILED step errno)
 *   daemon              writes /proc/PID/uid_map and gid_map, opens /proc/PID/ns/user and net, closes the socket
 * </pre>
 *
 * @param user the caller's to close
 * @param net the caller's to close
 */
record UserNamespace(Fd user, Fd net) {
    private static final long ANSWER_MILLIS = 20_000;
    private static final int MAP_LIMIT = 4096;

    /** @throws KernelException ENOSPC: user.max_user_namespaces; EINVAL: the kernel has none */
    static UserNamespace make(Kernel kernel, String reaper, IdRange ids) throws KernelException {
        Sockets.Pair pair = kernel.sockets().pair();
        try (Child child = spawn(kernel, reaper, pair)) {
            try (ControlSocket control = pair.ours()) {
                awaitMade(control, ids);
                String process = "/proc/" + child.pidfd().pid();
                for (String map : new String[] {"/uid_map", "/gid_map"}) {
                    write(kernel, process + map, "0 " + ids.start() + " " + ids.count() + "\n");
                }
                return open(kernel, process + "/ns/");
            } finally {
                child.pidfd().await(Deadline.afterMillis(1000)); // its socket is closed by now: it ends, and is reaped
            }
        }
    }

    private static Child spawn(Kernel kernel, String reaper, Sockets.Pair pair) throws KernelException {
        try (Fd theirs = pair.theirs()) {
            return kernel.spawn().spawn(SpawnRequest.of(reaper, "--userns").withDescriptor(3, theirs));
        } catch (KernelException refused) {
            pair.ours().close();
            throw refused;
        }
    }

    private static void awaitMade(ControlSocket control, IdRange ids) throws KernelException {
        Optional<ControlSocket.Received> answer = control.receive(Deadline.afterMillis(ANSWER_MILLIS));
        try (ControlSocket.Received received = answer.orElseThrow(() -> new KernelException("make user namespace", ids, Errno.EPIPE,
                "the process that makes it ended without an answer"))) {
            Packet packet = received.packet();
            if (!packet.verb().equals("MADE")) {
                throw new KernelException("make user namespace (" + packet.first("step").orElse(packet.verb()) + ")", ids,
                        Errno.of(packet.number("errno").orElse(-1)));
            }
        }
    }

    private static void write(Kernel kernel, String file, String map) throws KernelException {
        try (Fd fd = kernel.files().openReadWrite(file)) {
            kernel.pipes().writeAll(fd, map.getBytes(StandardCharsets.US_ASCII));
        }
        String now = new String(kernel.files().read(file, MAP_LIMIT), StandardCharsets.US_ASCII).strip().replaceAll("\\s+", " ");
        if (!now.equals(map.strip())) {
            throw new KernelException("write", file, Errno.EPROTO, "it reads " + now);
        }
    }

    private static UserNamespace open(Kernel kernel, String directory) throws KernelException {
        Fd user = kernel.files().openForReading(directory + "user");
        try {
            return new UserNamespace(user, kernel.files().openForReading(directory + "net"));
        } catch (KernelException refused) {
            user.close();
            throw refused;
        }
    }
}
