package overlayd.subhost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import overlayd.config.ByteText;

/** The loop devices there are, as sysfs shows them: what is behind each. */
final class LoopDevices {
    private static final Path DEVICES = Path.of("/sys/block");

    private LoopDevices() {
    }

    /** One that has a file behind it. {@code name}: "/dev/loop0"; {@code size}: 0 for all from the offset on. */
    record Used(String name, String file, long offset, long size, boolean writable) {
        /** Whether it shows that file, and bytes of {@code [start, start + length)} (0: to the end). */
        boolean overlaps(Path other, long start, long length) {
            return file.equals(ByteText.of(other)) && (length == 0 || offset < start + length) && (size == 0 || start < offset + size);
        }
    }

    static List<Used> all() {
        try (Stream<Path> devices = Files.list(DEVICES)) {
            return devices.filter(device -> device.getFileName().toString().startsWith("loop")).map(LoopDevices::read).flatMap(Optional::stream).toList();
        } catch (IOException noSys) {
            return List.of();
        }
    }

    /** The device of that name, "/dev/loop0". */
    static Optional<Used> named(String name) {
        return name.matches("/dev/loop[0-9]+") ? read(DEVICES.resolve(name.substring("/dev/".length()))) : Optional.empty();
    }

    private static Optional<Used> read(Path device) {
        try {
            Path loop = device.resolve("loop");
            String file = Files.readString(loop.resolve("backing_file"), StandardCharsets.UTF_8).strip();
            return Optional.of(new Used("/dev/" + device.getFileName(), file, number(loop.resolve("offset")), number(loop.resolve("sizelimit")),
                    number(device.resolve("ro")) == 0));
        } catch (IOException | NumberFormatException unused) {
            return Optional.empty(); // no file is behind it, or it went meanwhile
        }
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }
}
