package overlayd.kernel.jna;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.LinkNotices;

/**
 * {@link LinkNotices} on a socket that the kernel filters. The thread of events takes while others close: both by turns, for the socket's
 * memory goes with it.
 */
final class LinuxLinkNotices implements LinkNotices {
    private final NetlinkSocket socket;
    private boolean closed;

    LinuxLinkNotices(Kind kind) throws KernelException {
        socket = NetlinkSocket.ofNotices(Abi.RTMGRP_LINK, kind == Kind.GONE ? Abi.RTM_DELLINK : Abi.RTM_NEWLINK);
    }

    @Override
    public Fd fd() {
        return socket.fd();
    }

    @Override
    public synchronized Optional<Set<String>> take() throws KernelException {
        Set<String> names = new TreeSet<>();
        boolean lost = false;
        while (!closed && socket.awaitNotices(Deadline.afterMillis(0))) {
            try {
                socket.receive().forEach(notice -> names.add(LinkMessages.link(notice).name()));
            } catch (KernelException failure) {
                if (failure.errno() != Errno.ENOBUFS) {
                    throw failure;
                }
                lost = true;
            }
        }
        return lost ? Optional.empty() : Optional.of(names);
    }

    @Override
    public synchronized void close() {
        closed = true;
        socket.close();
    }
}
