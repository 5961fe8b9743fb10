package overlayd.varlink;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import jnr.ffi.LibraryLoader;
import overlayd.kernel.Fd;

/** Invented commands behind org.overlayd.Command.Run, each showing one thing a client must do. */
final class ProbeCommand {
    /** What it takes to make a terminal. */
    public interface Pty {
        int open(String path, int flags);

        int close(int fd);

        int ioctl(int fd, long request, ByteBuffer argument);
    }

    private static final Pty PTY = LibraryLoader.create(Pty.class).load("c");
    private static final int O_RDWR_NOCTTY_CLOEXEC = 02000402;
    private static final long TIOCSPTLCK = 0x40045431;
    private static final long TIOCGPTN = 0x80045430;

    private final Call call;

    ProbeCommand(Call call) {
        this.call = call;
    }

    private static String path(Fd fd) {
        return "/proc/self/fd/" + fd.number();
    }

    void run() throws VarlinkError, ClientGone {
        try {
            byte[] packed = Files.readAllBytes(Path.of(path(call.fd("arguments").orElseThrow())));
            String[] words = new String(packed, StandardCharsets.ISO_8859_1).split("\0");
            call.reply(Json.object().put("exitStatus", status(words, packed)));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int status(String[] words, byte[] packed) throws IOException, InterruptedException, VarlinkError, ClientGone {
        switch (words[2]) {
            case "status": return Integer.parseInt(words[3]);
            case "dump": return say("stdout", packed);
            case "complain": return say("stderr", "said on stderr\n".getBytes(StandardCharsets.US_ASCII));
            case "cat": return cat();
            case "signals": return signals();
            case "terminal": return terminal();
            case "deny": throw VarlinkError.permissionDenied();
            case "fail": throw new VarlinkError("org.overlayd.Command.InternalFailure", Json.object().put("message", "on purpose"));
            case "vanish":
                Runtime.getRuntime().halt(0);
                return 0;
            default: return 64;
        }
    }

    private int say(String where, byte[] what) throws IOException {
        try (FileOutputStream out = new FileOutputStream(path(call.fd(where).orElseThrow()))) {
            out.write(what);
        }
        return 0;
    }

    private int cat() throws IOException {
        try (FileInputStream in = new FileInputStream(path(call.fd("stdin").orElseThrow()));
            FileOutputStream out = new FileOutputStream(path(call.fd("stdout").orElseThrow()))) {
            byte[] buffer = new byte[4096]; // transferTo of Java 21 asks a pipe for its place and fails
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                out.write(buffer, 0, length);
            }
        }
        return 0;
    }

    /** Says which signals come; ends by the third, or by SIGTERM. */
    private int signals() throws IOException, InterruptedException {
        BlockingQueue<Integer> came = new LinkedBlockingQueue<>();
        call.onInterrupt(came::add);
        call.onHangup(() -> came.add(0));
        say("stdout", "ready\n".getBytes(StandardCharsets.US_ASCII));
        while (true) {
            int signal = came.take();
            if (signal == 0) {
                return 0;
            }
            say("stdout", ("signal " + signal + "\n").getBytes(StandardCharsets.US_ASCII));
            if (signal == 15) {
                return 128 + signal;
            }
        }
    }

    /** A shell on a terminal of its own, as overlay-go gives one. */
    private int terminal() throws IOException, InterruptedException, ClientGone {
        try (Fd master = new Fd(PTY.open("/dev/ptmx", O_RDWR_NOCTTY_CLOEXEC), PTY::close)) {
            ByteBuffer number = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            PTY.ioctl(master.number(), TIOCSPTLCK, number);
            PTY.ioctl(master.number(), TIOCGPTN, number);
            java.io.File slave = new java.io.File("/dev/pts/" + number.getInt(0));
            Process shell = new ProcessBuilder("setsid", "--ctty", "--wait", "sh").redirectInput(slave).redirectOutput(slave).redirectError(slave).start();
            call.replyContinues(Json.object().put("terminal", 0), master);
            return shell.waitFor();
        }
    }
}
