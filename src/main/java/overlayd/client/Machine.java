package overlayd.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;

/** {@link ClientCalls} with their errno and owned descriptors. */
final class Machine {
    private final ClientCalls calls = LibraryLoader.create(ClientCalls.class).load("c");
    private final Runtime runtime = Runtime.getRuntime(calls);

    ClientCalls calls() {
        return calls;
    }

    Errno errno() {
        return Errno.of(runtime.getLastError());
    }

    Pointer memory(int bytes) {
        return Memory.allocateDirect(runtime, bytes, true);
    }

    /** @throws GiveUp naming {@code what} when the call that gave {@code number} failed */
    Fd own(int number, String what) throws GiveUp {
        if (number < 0) {
            throw new GiveUp(GiveUp.FAILED, what + ": " + errno().meaning());
        }
        return new Fd(number, calls::close);
    }

    /** One of 0, 1, 2: used, never closed. */
    static Fd standard(int number) {
        return new Fd(number, closed -> { });
    }

    /** Writes all, as far as somebody reads. False when nobody does any more. */
    boolean write(int fd, byte[] bytes, int length) {
        Pointer memory = memory(Math.max(1, length));
        memory.put(0, bytes, 0, length);
        for (int at = 0; at < length;) {
            long written = calls.write(fd, memory.slice(at), length - at);
            if (written >= 0) {
                at += (int) written;
            } else if (errno() == Errno.EAGAIN) {
                await(fd, ClientCalls.POLLOUT);
            } else if (errno() != Errno.EINTR) {
                return false;
            }
        }
        return true;
    }

    /** Waits until {@code fd} is ready for {@code events}, or hung up. */
    void await(int fd, int events) {
        Pointer poll = memory(8);
        poll.putInt(0, fd);
        poll.putShort(4, (short) events);
        while (calls.poll(poll, 1, -1) < 0 && errno() == Errno.EINTR) {
            // a signal; its handler runs on its own thread
        }
    }

    /** The target of a symbolic link as the bytes the kernel has; empty when there is none. */
    byte[] link(String path) {
        Pointer memory = memory(4096);
        long length = calls.readlink(path, memory, 4096);
        byte[] target = new byte[(int) Math.max(0, length)];
        memory.get(0, target, 0, target.length);
        return target;
    }

    /** Becomes another program; returns only when that fails. */
    void exec(String program, List<byte[]> arguments) {
        Pointer vector = memory(8 * (arguments.size() + 1));
        Pointer[] kept = new Pointer[arguments.size()]; // reachable until the call
        for (int i = 0; i < kept.length; i++) {
            byte[] argument = arguments.get(i);
            kept[i] = memory(argument.length + 1);
            kept[i].put(0, argument, 0, argument.length);
            vector.putAddress(8L * i, kept[i].address());
        }
        calls.execvp(program, vector);
        java.lang.ref.Reference.reachabilityFence(kept);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
