package overlayd.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import overlayd.kernel.Errno;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.KernelException;
import overlayd.kernel.MountInfo;
import overlayd.kernel.MountTier;
import overlayd.kernel.jna.LinuxMounts;
import overlayd.plan.MountStep;
import overlayd.plan.RootStep;
import overlayd.plan.MountStep.BindShare.Access;

@Tag("root")
class RootBuilderTest {
    /** Every step of a usual boot, in the tier given. */
    @ParameterizedTest
    @EnumSource(MountTier.class)
    void a_whole_root_is_mounted_in_every_tier(MountTier tier) throws Exception {
        assumeTrue(new LinuxMounts(Optional.empty()).tier().compareTo(tier) <= 0, "this kernel has no tier " + tier);
        try (RootFixture fixture = new RootFixture(Optional.of(tier))) {
            fixture.inNamespaces((builder, workplace) -> {
                for (MountStep step : usual(fixture)) {
                    builder.carryOut(step);
                }
                MountInfo overlay = fixture.mountOn("");
                assertEquals("overlay", overlay.fileSystem());
                assertEquals("overlay", overlay.source());
                assertTrue(overlay.options().contains("nodev"), overlay.toString());
                assertTrue(overlay.superOption("redirect_dir").orElse("on").equals("on"), overlay.toString());
                checkDev(fixture);
                checkFiles(fixture);
                assertEquals("sysfs", fixture.mountOn("sys").fileSystem());
                assertTrue(fixture.mountOn("sys").options().containsAll(List.of("nosuid", "nodev", "noexec")));
                assertEquals(List.of("proc", "sys", "run", ".reaper", "srv", "srv/data"), builder.made());
            });
            assertEquals(List.of("proc", "sys", "run", ".reaper", "srv", "srv/data").stream().sorted().toList(), upper(fixture),
                    "nothing but mount points goes to UPPER");
        }
    }

    private static List<MountStep> usual(RootFixture fixture) throws Exception {
        Path program = Files.writeString(fixture.at("program"), "#!/bin/true\n");
        Files.createDirectory(fixture.at("data"));
        return List.of(fixture.overlay(), new MountStep.MountDev(), new MountStep.MountSys(), new MountStep.MountRun("50M"),
                new MountStep.BindContent("/etc/hostname", "tiny\n"), new MountStep.BindContent("/etc/hosts", "127.0.0.1 tiny\n"),
                new MountStep.BindContent("/etc/resolv.conf", "nameserver 192.0.2.1\n"), new MountStep.BindContent("/etc/adjtime", "UTC\n"),
                new MountStep.BindReaper(program), new MountStep.BindShare(fixture.at("data"), "/srv/data", Access.READ_ONLY));
    }

    private static List<String> upper(RootFixture fixture) throws Exception {
        try (var all = Files.walk(fixture.at("upper"))) {
            return all.filter(path -> !path.equals(fixture.at("upper"))).map(path -> fixture.at("upper").relativize(path).toString())
                    .sorted().toList();
        }
    }

    private static void checkDev(RootFixture fixture) throws KernelException {
        for (String node : List.of("null 1 3", "zero 1 5", "full 1 7", "random 1 8", "urandom 1 9", "tty 5 0")) {
            String[] words = node.split(" ");
            FileIdentity found = fixture.kernel.files().identity(fixture.live("dev/" + words[0]).toString());
            assertEquals(FileIdentity.Kind.CHARACTER_DEVICE, found.kind(), node);
            assertEquals(0666, found.permissions(), node);
            assertEquals(words[1] + ":" + words[2], FileIdentity.majorMinor(found.rawDevice()), node);
        }
        assertEquals("1:3", FileIdentity.majorMinor(fixture.kernel.files().identity(fixture.live("dev/console").toString()).rawDevice()));
        assertTrue(fixture.mountOn("dev").options().contains("nosuid"));
        assertFalse(fixture.mountOn("dev").options().contains("nodev"));
        assertEquals(01777, fixture.kernel.files().identity(fixture.live("dev/shm").toString()).permissions());
        assertTrue(fixture.mountOn("dev/shm").options().containsAll(List.of("nosuid", "nodev")));
        MountInfo pts = fixture.mountOn("dev/pts");
        assertTrue(pts.superOptions().containsAll(List.of("gid=5", "mode=620", "ptmxmode=666")), pts.toString());
        assertEquals(0666, fixture.kernel.files().target(fixture.live("dev/ptmx").toString()).permissions());
    }

    private static void checkFiles(RootFixture fixture) throws KernelException {
        assertEquals("tiny\n", fixture.text("etc/hostname"));
        assertEquals("127.0.0.1 tiny\n", fixture.text("etc/hosts"));
        assertEquals("nameserver 192.0.2.1\n", fixture.text("run/resolvconf/resolv.conf"));
        assertThrows(KernelException.class, () -> fixture.text("etc/adjtime"));
        assertTrue(fixture.mountOn("etc/hosts").options().containsAll(List.of("nosuid", "nodev", "noexec")));
        assertEquals("#!/bin/true\n", fixture.text(".reaper"));
        MountInfo reaper = fixture.mountOn(".reaper");
        assertTrue(reaper.options().containsAll(List.of("ro", "nosuid", "nodev")), reaper.toString());
        assertFalse(reaper.options().contains("noexec"));
        assertEquals(0755, fixture.kernel.files().identity(fixture.live("run").toString()).permissions());
        assertEquals(01777, fixture.kernel.files().identity(fixture.live("run/lock").toString()).permissions());
        assertTrue(fixture.mountOn("run").options().containsAll(List.of("nosuid", "nodev")));
        assertTrue(fixture.mountOn("run").superOptions().contains("size=51200k"));
        assertTrue(fixture.mountOn("srv/data").options().containsAll(List.of("ro", "nodev")));
        assertThrows(java.util.NoSuchElementException.class, () -> fixture.mountOn("proc"));
    }

    @ParameterizedTest
    @EnumSource(MountTier.class)
    void workdir_inside_upperdir_is_explained(MountTier tier) throws Exception {
        assumeTrue(new LinuxMounts(Optional.empty()).tier().compareTo(tier) <= 0, "this kernel has no tier " + tier);
        try (RootFixture fixture = new RootFixture(Optional.of(tier))) {
            Path work = Files.createDirectory(fixture.at("upper/work"));
            KernelException refused = refused(fixture,
                    new RootStep.MountOverlay(List.of(fixture.at("lower")), fixture.at("upper"), work, fixture.at("live"), Map.of()));
            assertEquals(Errno.EINVAL, refused.errno());
            assertTrue(refused.kernelText().contains("workdir must not lie inside upperdir"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(MountTier.class)
    void an_unknown_option_and_a_missing_lowerdir_are_named(MountTier tier) throws Exception {
        assumeTrue(new LinuxMounts(Optional.empty()).tier().compareTo(tier) <= 0, "this kernel has no tier " + tier);
        try (RootFixture fixture = new RootFixture(Optional.of(tier))) {
            KernelException option = refused(fixture, new RootStep.MountOverlay(List.of(fixture.at("lower")), fixture.at("upper"),
                    fixture.at("work"), fixture.at("live"), Map.of("nonsense", "1")));
            assertEquals(Errno.EINVAL, option.errno());
            KernelException lower = refused(fixture, new RootStep.MountOverlay(List.of(fixture.at("absent")), fixture.at("upper"),
                    fixture.at("work"), fixture.at("live"), Map.of()));
            assertEquals(Errno.ENOENT, lower.errno());
            assertTrue(lower.getMessage().contains("lowerdir \"" + fixture.at("absent")), lower.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(MountTier.class)
    void paths_with_colons_commas_backslashes_and_300_bytes_work(MountTier tier) throws Exception {
        assumeTrue(new LinuxMounts(Optional.empty()).tier().compareTo(tier) <= 0, "this kernel has no tier " + tier);
        try (RootFixture fixture = new RootFixture(Optional.of(tier))) {
            Path odd = Files.createDirectories(fixture.at("a:b,c\\d ñ/" + "x".repeat(200) + "/" + "y".repeat(200)));
            for (String name : List.of("lower", "upper", "work")) {
                Files.createDirectory(odd.resolve(name));
            }
            Files.writeString(odd.resolve("lower/file"), "here");
            fixture.inNamespaces((builder, workplace) -> {
                builder.carryOut(new RootStep.MountOverlay(List.of(odd.resolve("lower"), fixture.at("lower")), odd.resolve("upper"),
                        odd.resolve("work"), fixture.at("live"), Map.of("redirect_dir", "nofollow")));
                assertEquals("here", fixture.text("file"));
                assertEquals("lower\n", fixture.text("etc/hosts"));
            });
        }
    }

    @Test
    void a_symlinked_dev_is_refused() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            Files.delete(fixture.at("lower/dev"));
            Files.createSymbolicLink(fixture.at("lower/dev"), Path.of("etc"));
            fixture.inNamespaces((builder, workplace) -> {
                builder.carryOut(fixture.overlay());
                KernelException refused = assertThrows(KernelException.class, () -> builder.carryOut(new MountStep.MountDev()));
                assertEquals(Errno.ELOOP, refused.errno());
                assertTrue(refused.getMessage().contains("\"/dev\""), refused.getMessage());
                assertTrue(refused.getMessage().contains("symbolic link"), refused.getMessage());
            });
        }
    }

    @Test
    void a_share_through_a_link_stays_in_the_root() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            Files.createSymbolicLink(fixture.at("lower/out"), fixture.base);
            Files.createDirectories(fixture.at("lower" + fixture.base));
            Path data = Files.writeString(fixture.at("data"), "shared");
            fixture.inNamespaces((builder, workplace) -> {
                builder.carryOut(fixture.overlay());
                builder.carryOut(new MountStep.BindShare(data, "/out/file", Access.READ_WRITE));
                assertEquals("shared", fixture.text(fixture.base.toString().substring(1) + "/file"));
            });
            assertFalse(Files.exists(fixture.at("file")));
        }
    }

    @Test
    void an_existing_run_tmpfs_is_kept() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            fixture.inNamespaces((builder, workplace) -> {
                builder.carryOut(fixture.overlay());
                builder.carryOut(new MountStep.MountRun("1M"));
                long first = fixture.mountOn("run").id();
                builder.carryOut(new MountStep.MountRun("2M"));
                assertEquals(first, fixture.mountOn("run").id());
            });
        }
    }

    @Test
    void a_bound_root_hides_what_lies_below_and_a_premounted_one_keeps_it() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            fixture.inNamespaces((builder, workplace) -> {
                builder.carryOut(new RootStep.BindRoot(fixture.at("lower"), fixture.at("live")));
                builder.carryOut(new MountStep.MountRun("1M"));
                assertEquals("lower\n", fixture.text("etc/hosts"));
                assertTrue(fixture.mountOn("").options().contains("nodev"));
                try (RootBuilder second = new RootBuilder(fixture.kernel, fixture.mounts)) {
                    second.carryOut(new RootStep.BindRoot(fixture.at("live"), fixture.at("live")));
                    long copied = fixture.mountOn("run").id();
                    second.carryOut(new MountStep.MountRun("2M"));
                    assertEquals(copied, fixture.mountOn("run").id(), "the pre-mounted root's /run stays");
                }
            });
        }
    }

    private static KernelException refused(RootFixture fixture, MountStep step) throws Exception {
        KernelException[] refused = new KernelException[1];
        fixture.inNamespaces((builder, workplace) -> refused[0] = assertThrows(KernelException.class, () -> builder.carryOut(step)));
        return refused[0];
    }
}
