package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import overlayd.kernel.MountFlag;

/** Each constant, size, offset and call number against the headers of the machine, by a C program made from the names. */
class AbiTest {
    private static final String INCLUDES = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <poll.h>
            #include <sched.h>
            #include <signal.h>
            #include <spawn.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/file.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/mount.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/statfs.h>
            #include <sys/syscall.h>
            #include <sys/wait.h>
            #include <net/if.h>
            #include <linux/filter.h>
            #include <linux/openat2.h>
            #include <linux/if_link.h>
            #include <linux/loop.h>
            #include <linux/netlink.h>
            #include <linux/rtnetlink.h>
            #include <linux/veth.h>
            #include <linux/netfilter.h>
            #include <linux/netfilter/nfnetlink.h>
            #include <linux/netfilter/nf_tables.h>
            #include <linux/netfilter/nf_conntrack_common.h>
            """;
    /** Types that are not "struct NAME" in C. */
    private static final List<String> TYPEDEFS = List.of("siginfo_t", "posix_spawnattr_t", "posix_spawn_file_actions_t", "sigset_t");

    @Test
    void constants_sizes_and_offsets_are_those_of_the_headers() throws Exception {
        Map<String, Long> ours = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        for (Field field : Abi.class.getDeclaredFields()) {
            if (field.getType() == int.class) {
                ours.put(field.getName(), (long) field.getInt(null));
                lines.add(print(field.getName(), expression(field.getName())));
            }
        }
        assertEquals(ours, answers(lines));
    }

    @Test
    void call_numbers_are_those_of_the_headers() throws Exception {
        Map<String, Long> ours = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        for (SyscallNumber call : SyscallNumber.values()) {
            ours.put(call.name(), (long) call.number());
            lines.add(print(call.name(), "SYS_" + call.name().toLowerCase(java.util.Locale.ROOT)));
        }
        assertEquals(ours, answers(lines));
    }

    @Test
    void errno_numbers_are_those_of_the_headers() throws Exception {
        Map<String, Long> ours = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        for (overlayd.kernel.Errno errno : overlayd.kernel.Errno.values()) {
            if (errno.number() > 0) {
                ours.put(errno.name(), (long) errno.number());
                lines.add(print(errno.name(), errno.name()));
            }
        }
        assertTrue(ours.size() > 100);
        assertEquals(ours, answers(lines));
    }

    @Test
    void mount_flags_are_those_of_the_headers() throws Exception {
        Map<MountFlag, String> names = Map.of(MountFlag.READ_ONLY, "MOUNT_ATTR_RDONLY", MountFlag.NO_SUID, "MOUNT_ATTR_NOSUID",
                MountFlag.NO_DEVICES, "MOUNT_ATTR_NODEV", MountFlag.NO_EXECUTION, "MOUNT_ATTR_NOEXEC");
        Map<String, Long> ours = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        for (MountFlag flag : MountFlag.values()) {
            ours.put(flag.name(), MountFlag.bits(Set.of(flag)));
            lines.add(print(flag.name(), names.get(flag)));
        }
        assertEquals(ours, answers(lines));
    }

    private static String print(String name, String expression) {
        return "printf(\"%s %lld\\n\", \"" + name + "\", (long long) (" + expression + "));";
    }

    private static String expression(String name) {
        int size = name.indexOf("_size");
        int at = name.indexOf("_at_");
        if (at < 0 && name.endsWith("_size")) {
            return "sizeof(" + type(name.substring(0, size)) + ")";
        }
        return at > 0 ? "offsetof(" + type(name.substring(0, at)) + ", " + name.substring(at + 4) + ")" : name;
    }

    private static String type(String name) {
        return TYPEDEFS.contains(name) ? name : "struct " + name;
    }

    private static Map<String, Long> answers(List<String> lines) throws IOException, InterruptedException {
        assumeTrue(Arrays.stream(System.getenv("PATH").split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, "gcc"))),
                "not testable here: no gcc");
        Path directory = Files.createTempDirectory("overlayd-abi");
        try {
            Path source = directory.resolve("abi.c");
            Files.writeString(source, INCLUDES + "#include <errno.h>\nint main(void) {\n" + String.join("\n", lines) + "\nreturn 0; }\n");
            Path program = directory.resolve("abi");
            run(List.of("gcc", "-w", "-o", program.toString(), source.toString()));
            Map<String, Long> answers = new TreeMap<>();
            run(List.of(program.toString())).lines()
                    .forEach(line -> answers.put(line.split(" ")[0], Long.valueOf(line.split(" ")[1])));
            return answers;
        } finally {
            for (String file : List.of("abi", "abi.c", "")) {
                Files.deleteIfExists(directory.resolve(file));
            }
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
