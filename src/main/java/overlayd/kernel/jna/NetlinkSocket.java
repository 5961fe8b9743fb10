package overlayd.kernel.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** A netlink socket, NETLINK_ROUTE by default, of the netns of the thread that opens it. One thread at a time. */
final class NetlinkSocket implements AutoCloseable {
    /** The kernel fills at most 32 KiB of a dump into one datagram. */
    private static final int BUFFER = 65_536;
    /** A dump is begun anew when the list changed meanwhile; a host that changes all the time gets the last one as it is. */
    private static final int ATTEMPTS = 8;

    /** No message has this type (linux/netlink.h), and no filter is wanted. */
    private static final int ANY = 0;

    private final Fd fd;
    /** Where messages arrive; malloc(3), not cleared: what the kernel has not written is not read. */
    private long buffer;
    private int sequence;

    /** Opens a socket for requests. */
    NetlinkSocket() throws KernelException {
        this(Abi.NETLINK_ROUTE);
    }

    /** As above, for another protocol. EPROTONOSUPPORT: the kernel has none of it. */
    NetlinkSocket(int protocol) throws KernelException {
        this(protocol, 0, ANY);
    }

    private NetlinkSocket(int protocol, int groups, int type) throws KernelException {
        fd = Libc.open("open netlink socket", "", SyscallNumber.SOCKET, Abi.AF_NETLINK, Abi.SOCK_RAW | Abi.SOCK_CLOEXEC, protocol);
        try (Arena arena = new Arena()) {
            if (type != ANY) {
                accept(arena, type); // before there is anything to hear
            }
            Pointer address = arena.zeroed(Abi.sockaddr_nl_size);
            address.setShort(0, (short) Abi.AF_NETLINK);
            address.setInt(Abi.sockaddr_nl_at_nl_groups, groups);
            Libc.call("bind netlink socket", "", SyscallNumber.BIND, fd.number(), Libc.address(address), Abi.sockaddr_nl_size);
            Pointer on = arena.zeroed(4);
            on.setInt(0, 1);
            for (int option : new int[] {Abi.NETLINK_CAP_ACK, Abi.NETLINK_EXT_ACK}) {
                Libc.call("set up netlink socket", "", SyscallNumber.SETSOCKOPT, fd.number(), Abi.SOL_NETLINK, option,
                        Libc.address(on), 4);
            }
        } catch (KernelException failure) {
            fd.close();
            throw failure;
        }
        buffer = Native.malloc(BUFFER);
    }

    /**
     * Opens a socket that hears of the groups RTMGRP_* the messages of one type. The kernel drops the others (socket filter, socket(7)): a boot
     * causes some twenty notices, and each would wake a thread.
     */
    static NetlinkSocket ofNotices(int groups, int type) throws KernelException {
        return new NetlinkSocket(Abi.NETLINK_ROUTE, groups, type);
    }

    /** Classic BPF: the half word at nlmsg_type, which it reads as big-endian, must be {@code type}, which the kernel wrote in ours. */
    private void accept(Arena arena, int type) throws KernelException {
        int wanted = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes((short) type) & 0xffff : type;
        int[][] program = { // code, jump if true, jump if false, operand
            {Abi.BPF_LD | Abi.BPF_H | Abi.BPF_ABS, 0, 0, Abi.nlmsghdr_at_nlmsg_type},
            {Abi.BPF_JMP | Abi.BPF_JEQ | Abi.BPF_K, 0, 1, wanted},
            {Abi.BPF_RET | Abi.BPF_K, 0, 0, -1},
            {Abi.BPF_RET | Abi.BPF_K, 0, 0, 0}
        };
        Pointer instructions = arena.zeroed((long) program.length * Abi.sock_filter_size);
        for (int i = 0; i < program.length; i++) {
            Pointer at = instructions.share((long) i * Abi.sock_filter_size);
            at.setShort(0, (short) program[i][0]);
            at.setByte(2, (byte) program[i][1]);
            at.setByte(3, (byte) program[i][2]);
            at.setInt(4, program[i][3]);
        }
        Pointer filter = arena.zeroed(Abi.sock_fprog_size);
        filter.setShort(0, (short) program.length);
        filter.setPointer(Abi.sock_fprog_at_filter, instructions);
        Libc.call("filter netlink socket", "", SyscallNumber.SETSOCKOPT, fd.number(), Abi.SOL_SOCKET, Abi.SO_ATTACH_FILTER,
                Libc.address(filter), Abi.sock_fprog_size);
    }

    /** Why the kernel said no to a request. */
    record Refusal(Errno errno, String sentence) {
    }

    /** Sends a request that answers with an acknowledgement. Null: done; else why not. */
    Refusal ask(NetlinkRequest request) throws KernelException {
        int number = ++sequence;
        send(request.encode(number));
        while (true) {
            for (NetlinkReply reply : receive()) {
                if (reply.sequence() == number && reply.isAnswer()) {
                    return reply.errno() == 0 ? null : new Refusal(Errno.of(reply.errno()), reply.sentence());
                }
            }
        }
    }

    /**
     * Sends requests that answer with an acknowledgement in one datagram; the kernel does them in order, and those after a refused one, too.
     * One entry for each: null for done.
     */
    List<Refusal> askAll(List<NetlinkRequest> requests) throws KernelException {
        int first = sequence + 1;
        ByteArrayOutputStream datagram = new ByteArrayOutputStream();
        requests.forEach(request -> datagram.writeBytes(padded(request.encode(++sequence))));
        send(datagram.toByteArray());
        Refusal[] answers = new Refusal[requests.size()];
        for (int left = requests.size(); left > 0; ) {
            for (NetlinkReply reply : receive()) {
                int index = reply.sequence() - first;
                if (index >= 0 && index < answers.length && reply.isAnswer()) {
                    answers[index] = reply.errno() == 0 ? null : new Refusal(Errno.of(reply.errno()), reply.sentence());
                    left--;
                }
            }
        }
        return Arrays.asList(answers);
    }

    /**
     * Sends a transaction of nfnetlink, all or nothing: {@code begin}, the requests (each answers), {@code end}. Empty: done; else the
     * requests that were refused, by their places; -1 stands for the transaction itself.
     */
    Map<Integer, Refusal> transact(NetlinkRequest begin, List<NetlinkRequest> requests, NetlinkRequest end) throws KernelException {
        int first = sequence + 1;
        ByteArrayOutputStream datagram = new ByteArrayOutputStream();
        datagram.writeBytes(padded(begin.encode(++sequence)));
        requests.forEach(request -> datagram.writeBytes(padded(request.encode(++sequence))));
        datagram.writeBytes(padded(end.encode(++sequence)));
        send(datagram.toByteArray());
        Map<Integer, Refusal> refused = new TreeMap<>();
        Set<Integer> answered = new HashSet<>();
        while (answered.size() < requests.size() && !refused.containsKey(-1)) {
            for (NetlinkReply reply : receive()) {
                int index = reply.sequence() - first - 1;
                if (index >= -1 && index < requests.size() && reply.isAnswer()) {
                    answered.add(index);
                    if (reply.errno() != 0) {
                        refused.put(index, new Refusal(Errno.of(reply.errno()), reply.sentence()));
                    }
                }
            }
        }
        return refused;
    }

    private static byte[] padded(byte[] message) {
        return Arrays.copyOf(message, message.length + 3 & ~3);
    }

    /** Sends a request for one object: the object's message; empty where the kernel refuses by {@code absent}. */
    List<NetlinkReply> get(NetlinkRequest request, Errno absent) throws KernelException {
        int number = ++sequence;
        send(request.encode(number));
        while (true) {
            for (NetlinkReply reply : receive()) {
                if (reply.sequence() != number) {
                    continue;
                }
                if (!reply.isAnswer()) {
                    return List.of(reply);
                }
                if (Errno.of(reply.errno()) == absent) {
                    return List.of();
                }
                throw new KernelException("ask by netlink", "", Errno.of(reply.errno()), reply.sentence());
            }
        }
    }

    /** Asks for all objects of a kind: one consistent list. */
    List<NetlinkReply> dump(NetlinkRequest request) throws KernelException {
        for (int attempt = 1; ; attempt++) {
            int number = ++sequence;
            send(request.encode(number));
            List<NetlinkReply> all = new ArrayList<>();
            boolean consistent = collect(number, all);
            if (consistent || attempt == ATTEMPTS) {
                return all;
            }
        }
    }

    private boolean collect(int number, List<NetlinkReply> all) throws KernelException {
        boolean consistent = true;
        while (true) {
            for (NetlinkReply reply : receive()) {
                if (reply.sequence() != number) {
                    continue;
                }
                consistent &= (reply.flags() & Abi.NLM_F_DUMP_INTR) == 0;
                if (reply.type() == Abi.NLMSG_DONE) {
                    return consistent;
                }
                if (reply.isAnswer()) {
                    throw new KernelException("list by netlink", "", Errno.of(reply.errno()), reply.sentence());
                }
                all.add(reply);
            }
        }
    }

    /** To wait for notices elsewhere; stays this socket's. */
    Fd fd() {
        return fd;
    }

    /** Waits for notices. False: the deadline passed. */
    boolean awaitNotices(Deadline deadline) throws KernelException {
        return Poll.readable(fd, deadline);
    }

    /** The messages of the next datagram. ENOBUFS: notices were lost. */
    List<NetlinkReply> receive() throws KernelException {
        long length = Libc.call("receive by netlink", "", SyscallNumber.RECVFROM, fd.number(), buffer, BUFFER, 0, 0, 0);
        return NetlinkReply.split(new Pointer(buffer).getByteArray(0, (int) length));
    }

    private void send(byte[] message) throws KernelException {
        try (Arena arena = new Arena()) {
            Libc.call("send by netlink", "", SyscallNumber.SENDTO, fd.number(), Libc.address(arena.bytes(message)), message.length,
                    0, 0, 0);
        }
    }

    @Override
    public void close() {
        fd.close();
        Native.free(buffer);
        buffer = 0; // a second close frees nothing
    }
}
