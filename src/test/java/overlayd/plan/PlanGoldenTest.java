package overlayd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import overlayd.config.ByteText;

/**
 * The text of whole plans, kept in src/test/resources/overlayd/plan: a change of a plan is to be seen in a diff. To write them anew:
 * {@code mvn test -Dtest=PlanGoldenTest -Doverlayd.docs.write=true}, then read what changed.
 */
class PlanGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/overlayd/plan");

    @TestFactory
    Stream<DynamicTest> plans() {
        return Stream.of(
                golden("lower-root-nothing-started", new Host().good("START=none")),
                golden("two-cables", new Host().good("START=none", "CABLES=br0=02:11:22:33:44:55 = br1=.7 =.8")),
                golden("two-cables-without-ifupdown", with(host -> host.ifupdown = false).good("START=none", "CABLES=br0= =.8")),
                golden("default-start-absent-services", with(host -> {
                    host.services.put("networking", HostFacts.Service.INIT_SCRIPT);
                    host.services.put("ssh", HostFacts.Service.ABSENT);
                }).good()),
                golden("bind", new Host().good("START=none", "LOWER=root")),
                golden("premounted", new Host().good("START=none", "LOWER=live")),
                golden("hooks", new Host().good("START=none", "PREMOUNT=/usr/local/bin/pre \"two words\"", "POSTMOUNT=post.sh",
                        "HOOK_TIMEOUT=2min")),
                golden("shares", with(host -> host.directory("/srv/data")).good("START=none", "SHARE=/srv/data", "SHARE=/srv/data:/mnt,ro")),
                golden("devices", new Host().good("START=none", "DEVICES=/dev/net/tun /dev/fuse", "SHARE=/dev/snd", "CAPS=+mknod")),
                golden("full-init", with(h -> h.init = Optional.of(new InitSystem(InitSystem.Kind.SYSTEMD, OptionalInt.of(252))))
                        .good("INIT=/sbin/init --log-level=debug", "CAPS=+sys_admin", "ENVIRONMENT=A=1 B=\"two words\"")),
                golden("full-init-sysvinit", new Host().good("INIT=/sbin/init")),
                golden("init-by-command", new Host().good("START=none", "INIT=make-init --of web")),
                golden("services", with(host -> host.services.put("/opt/it's/run", HostFacts.Service.PROGRAM))
                        .good("START=nginx /opt/it's/run", "START_TIMEOUT=none", "HOSTNAME=host", "REAPER=/sbin/other")),
                golden("interfaces-there-no-run-no-cgroup", with(host -> {
                    host.directory("/srv/web/root/etc/network/interfaces");
                    host.cgroup = Optional.empty();
                }).good("START=none", "RAM_SIZE=none")),
                golden("several-lowers", with(host -> {
                    host.directory("/srv/web/app");
                    host.directory("/srv/base");
                }).good("START=none", "LOWER=app:/srv/base", "RAM_SIZE=10%")),
                golden("limits", with(host -> host.resources = new HostFacts.Resources(Set.of("memory", "cpu", "pids", "io"),
                        Map.of(Path.of("/srv/web/root"), "254:0", Path.of("/dev/sdb"), "8:16"), 8L << 30, 4))
                        .good("START=none", "MEMORY=25%", "CPUS=1.5", "PIDS=500", "IO=20M /dev/sdb=1000", "RESTART=always")),
                golden("userns", with(host -> {
                    host.directory("/srv/base");
                    host.directory("/srv/data");
                    host.ids = new HostFacts.Ids(Optional.of(new overlayd.config.IdRange(1_900_000_000, 65_536)), java.util.List.of());
                }).good("START=none", "USERNS=auto", "LOWER=/:/srv/base", "HIDE=secrets", "SHARE=/srv/data", "CABLES==")),
                golden("odd-names", oddNames()));
    }

    /** UPPER holds a quotation mark, a line end, n with tilde, and the byte 0xff. */
    private static BootPlan oddNames() {
        byte[] name = "/srv/\"q\" \u00f1 _".getBytes(StandardCharsets.UTF_8);
        name[name.length - 1] = (byte) 0xff;
        Path upper = ByteText.path(ByteText.decode(name) + "\u009b[31m");
        Host host = new Host();
        host.paths.put(upper, host.directory("/srv/odd"));
        return host.good("START=none", "UPPER=" + ByteText.of(upper));
    }

    @Test
    void numbers_of_the_steps_go_on_through_all_sections_as_fail_at_counts_them() {
        BootPlan plan = new Host().good("START=none", "CABLES=br0=");
        String text = PlanText.of(plan);
        for (int i = 0; i < plan.steps().size(); i++) {
            String line = "%4d  %s: ".formatted(i + 1, plan.steps().get(i).name());
            assertEquals(1, text.lines().filter(l -> l.startsWith(line)).count(), line);
        }
    }

    @Test
    void an_odd_name_stays_one_line_and_moves_no_cursor() {
        String text = PlanText.of(oddNames());
        assertEquals(0, text.codePoints().filter(c -> c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0).count());
        assertEquals(text.lines().filter(l -> l.matches(" +[0-9]+  .*")).count(), oddNames().steps().size());
    }

    @Test
    void quoted_words_are_one_line_whatever_they_hold() {
        assertEquals("\"a\\x0ab\\x09\\x22\\x5c\\x1b[0m\\x7f\\x85\\x202e\u00f1\"", Quoted.text("a\nb\t\"\\\u001b[0m\u007f\u0085\u202e\u00f1"));
        assertEquals("plain /p=1,@x+%y \"two words\" \"\"", Quoted.words(java.util.List.of("plain", "/p=1,@x+%y", "two words", "")));
    }

    private static Host with(java.util.function.Consumer<Host> change) {
        Host host = new Host();
        change.accept(host);
        return host;
    }


    private static DynamicTest golden(String name, BootPlan plan) {
        return DynamicTest.dynamicTest(name, () -> {
            String text = PlanText.of(plan) + "init argv:\n" + String.join("\n", plan.init().command()) + "\ninit environment:\n"
                    + plan.init().environment().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue() + "\n").sorted()
                            .reduce("", String::concat);
            compare(GOLDEN.resolve(name + ".txt"), text);
        });
    }

    private static void compare(Path file, String text) throws IOException {
        if (Boolean.getBoolean("overlayd.docs.write")) {
            Files.write(file, ByteText.encode(text));
        }
        assertEquals(ByteText.decode(Files.readAllBytes(file)), text);
    }
}
