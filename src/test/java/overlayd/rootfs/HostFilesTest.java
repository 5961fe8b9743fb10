package overlayd.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import overlayd.plan.MountStep;
import overlayd.plan.HostStep;
import overlayd.plan.PathFacts;
import overlayd.plan.Undo;

@Tag("root")
class HostFilesTest {
    @Test
    void a_written_file_and_its_directories_go_again() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            HostFiles host = new HostFiles(fixture.kernel.files(), fixture.mounts, fixture.kernel.copies());
            assertTrue(host.write(new HostStep.WriteFile(fixture.at("upper"), "etc/network/interfaces", "auto lo\n")));
            assertEquals("auto lo\n", Files.readString(fixture.at("upper/etc/network/interfaces")));
            assertFalse(host.write(new HostStep.WriteFile(fixture.at("upper"), "/etc/network/interfaces", "other\n")));
            assertEquals("auto lo\n", Files.readString(fixture.at("upper/etc/network/interfaces")));
            Undo.RemoveFile undo = new Undo.RemoveFile(fixture.at("upper"), "/etc/network/interfaces");
            host.remove(undo);
            assertFalse(Files.exists(fixture.at("upper/etc")));
            host.remove(undo);
            host.remove(new Undo.RemoveFile(fixture.at("nowhere"), "x"));
        }
    }

    @Test
    void a_link_out_of_the_root_is_not_followed_out() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            HostFiles host = new HostFiles(fixture.kernel.files(), fixture.mounts, fixture.kernel.copies());
            Files.createSymbolicLink(fixture.at("upper/etc"), fixture.at("lower/etc"));
            try {
                host.write(new HostStep.WriteFile(fixture.at("upper"), "etc/network/interfaces", "auto lo\n"));
            } catch (overlayd.kernel.KernelException refused) {
                // refusing is fine too
            }
            assertFalse(Files.exists(fixture.at("lower/etc/network")));
        }
    }

    @Test
    void a_filled_mount_point_stays() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            Files.createDirectories(fixture.at("upper/srv/data"));
            Files.createFile(fixture.at("upper/.reaper"));
            Files.createDirectory(fixture.at("upper/run"));
            Files.writeString(fixture.at("upper/run/x"), "kept");
            new HostFiles(fixture.kernel.files(), fixture.mounts, fixture.kernel.copies())
                    .removeMade(fixture.at("upper"), List.of("run", ".reaper", "srv", "srv/data", "gone"));
            try (var left = Files.list(fixture.at("upper"))) {
                assertEquals(List.of(fixture.at("upper/run")), left.toList());
            }
        }
    }

    @Test
    void facts_of_paths_tell_kind_mount_and_stacking() throws Exception {
        try (RootFixture fixture = new RootFixture(Optional.empty())) {
            fixture.inNamespaces((builder, workplace) -> {
                builder.carryOut(fixture.overlay());
                builder.carryOut(new MountStep.MountRun("1M"));
                PathReader reader = new PathReader(fixture.kernel.files());
                PathFacts live = reader.facts(fixture.live("."));
                assertEquals("overlay", live.fileSystem());
                assertEquals(1, live.stackDepth());
                assertTrue(live.isDirectory() && live.writable());
                assertEquals(0, reader.facts(fixture.at("upper")).stackDepth());
                assertEquals(PathFacts.Kind.FILE, reader.facts(fixture.at("lower/etc/hosts")).kind());
                assertEquals(PathFacts.ABSENT, reader.facts(Path.of("/no/such")));
                assertEquals(PathFacts.Kind.OTHER, reader.facts(Path.of("/dev/null")).kind());
                assertEquals(List.of(fixture.live("run")), reader.mountsBelow(fixture.at("live")));
                assertTrue(reader.mountsBelow(Path.of("/")).contains(fixture.at("live")));
                assertEquals(List.of(), reader.mountsBelow(fixture.at("lower")));
            });
        }
    }
}
