package overlayd.kernel.jna;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.LinkNotices;

/** {@link LinkNotices} on a socket that the kernel filters. */
final class LinuxLinkNotices implements LinkNotices {
    private final NetlinkSocket socket;

    LinuxLinkNotices(Kind kind) throws KernelException {
        socket = NetlinkSocket.ofNotices(Abi.RTMGRP_LINK, kind == Kind.GONE ? Abi.RTM_DELLINK : Abi.RTM_NEWLINK);
    }

    @Override
    public Fd fd() {
        return socket.fd();
    }

    @Override
    public Optional<Set<String>> take() throws KernelException {
        Set<String> names = new TreeSet<>();
        boolean lost = false;
        while (socket.awaitNotices(Deadline.afterMillis(0))) {
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
    public void close() {
        socket.close();
    }
}
