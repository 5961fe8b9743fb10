package overlayd.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import overlayd.kernel.Fd;

/**
 * What the command needs to know of this process, in the kernel's bytes: Java has decoded its own copies by the locale, which loses what is
 * not text.
 */
final class CommandLine {
    private final Machine machine;
    private final List<byte[]> whole;
    private final List<byte[]> arguments;

    /** @param count how many arguments main() got: they are the last of /proc/self/cmdline */
    CommandLine(Machine machine, int count) throws IOException {
        this.machine = machine;
        this.whole = fields(Files.readAllBytes(Path.of("/proc/self/cmdline")));
        this.arguments = whole.subList(whole.size() - count, whole.size());
    }

    static List<byte[]> fields(byte[] bytes) {
        List<byte[]> fields = new ArrayList<>();
        for (int start = 0, end; start < bytes.length; start = end + 1) {
            end = start;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            fields.add(Arrays.copyOfRange(bytes, start, end));
        }
        return fields;
    }

    /** Everything from "java" on, to start the same again. */
    List<byte[]> whole() {
        return whole;
    }

    private static byte[] baseName(byte[] path) {
        int start = path.length;
        while (start > 0 && path[start - 1] != '/') {
            start--;
        }
        return Arrays.copyOfRange(path, start, path.length);
    }

    /** Count, arguments (the first as base name), working directory, environment, each ended by NUL: org.overlayd.Command.Run. */
    byte[] packed() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        add(packed, Machine.bytes(String.valueOf(arguments.size())));
        add(packed, baseName(arguments.get(0)));
        for (byte[] argument : arguments.subList(1, arguments.size())) {
            add(packed, argument);
        }
        add(packed, workingDirectory());
        for (byte[] variable : fields(Files.readAllBytes(Path.of("/proc/self/environ")))) {
            add(packed, variable);
        }
        return packed.toByteArray();
    }

    /** Empty when it was removed, like getcwd(3) in the C client: the kernel then adds a word that is no path. */
    private byte[] workingDirectory() {
        byte[] target = machine.link("/proc/self/cwd");
        byte[] deleted = Machine.bytes(" (deleted)");
        boolean gone = target.length > deleted.length
            && Arrays.equals(target, target.length - deleted.length, target.length, deleted, 0, deleted.length)
            && !Files.exists(Path.of("."));
        return gone ? new byte[0] : target;
    }

    private static void add(ByteArrayOutputStream packed, byte[] field) {
        packed.writeBytes(field);
        packed.write(0);
    }

    /** {@link #packed} as a sealed memfd. */
    Fd memoryFile() throws GiveUp, IOException {
        Fd file = machine.own(machine.calls().memfd_create("arguments", ClientCalls.MFD_CLOEXEC | ClientCalls.MFD_ALLOW_SEALING), "memfd");
        byte[] content = packed();
        if (!machine.write(file.number(), content, content.length)) {
            file.close();
            throw new GiveUp(GiveUp.FAILED, "memfd: " + machine.errno().meaning());
        }
        machine.calls().fcntl(file.number(), ClientCalls.F_ADD_SEALS, ClientCalls.SEAL_ALL);
        return file;
    }
}
