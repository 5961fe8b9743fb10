package overlayd.subhost;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
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
 * The helper {@code reaper --share}, which attaches mounts in a running subhost's mount namespace and takes them off there: no thread of ours
 * may go there. One process for each request.
 */
record ShareHelper(Kernel kernel, Path reaper) {
    private static final long SECONDS = 20;

    /**
     * Has it do what {@code packet} says, and waits until it has.
     *
     * @param call what that is, for a refusal
     * @param subject on what, for a refusal
     * @param fds those that the packet names; they stay the caller's
     */
    void ask(String call, String subject, Packet packet, List<Fd> fds) throws KernelException {
        Sockets.Pair pair = kernel.sockets().pair();
        try (ControlSocket control = pair.ours()) {
            Child helper;
            try (Fd theirs = pair.theirs()) {
                helper = kernel.spawn().spawn(SpawnRequest.of(ByteText.of(reaper), "--share").withDescriptor(3, theirs));
            }
            try (helper) {
                control.send(packet, fds);
                Optional<ControlSocket.Received> answer = control.receive(Deadline.afterMillis(SECONDS * 1000));
                helper.pidfd().await(Deadline.afterMillis(SECONDS * 1000));
                try (ControlSocket.Received received = answer.orElseThrow(() -> new KernelException(call, subject, Errno.EPIPE,
                        "the helper was killed"))) {
                    requireDone(call, subject, received.packet());
                }
            }
        }
    }

    private static void requireDone(String call, String subject, Packet answer) throws KernelException {
        if (!answer.verb().equals("DONE")) {
            throw new KernelException(call + " (" + answer.first("step").orElse("") + ")", subject, Errno.of(answer.number("errno").orElse(-1)));
        }
    }
}
