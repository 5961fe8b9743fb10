package overlayd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlayd.config.ByteText;

/** What follows from what, where a golden text would only say that it is so. */
class PlannerTest {
    @Test
    void of_the_default_list_only_what_the_root_has_is_started() {
        Host host = new Host();
        host.services.put("networking", HostFacts.Service.SYSTEMD_UNIT_ONLY);
        host.services.put("ssh", HostFacts.Service.INIT_SCRIPT);
        assertEquals(List.of("ssh"), host.good().subject().services());
    }

    @Test
    void of_an_explicit_list_all_are_tried() {
        Host host = new Host();
        host.services.put("a", HostFacts.Service.ABSENT);
        host.services.put("b", HostFacts.Service.SYSTEMD_UNIT_ONLY);
        assertEquals(List.of("b", "a", "/c"), host.good("START=b a /c").subject().services());
    }

    @Test
    void a_full_init_starts_its_own_services_and_overlayd_neither_starts_nor_stops_any() {
        BootPlan plan = new Host().good("INIT=/sbin/init", "START=ssh");
        assertEquals(List.of("/sbin/init"), plan.init().command());
        assertEquals(List.of(), plan.subject().services());
        assertEquals(List.of(), plan.ready().services());
    }

    @Test
    void where_nothing_is_started_no_shell_is() {
        assertEquals(List.of("/.reaper", "web"), new Host().good("START=none").init().command());
    }

    @Test
    void what_init_printed_is_what_the_shell_runs() {
        BootPlan plan = Planner.plan(Host.config("INIT=mk"), new Host().facts(), new Planner.Printed(Optional.empty(), Optional.of("exec /x\n")))
                .plan().orElseThrow();
        assertEquals(List.of("/bin/sh", "-c", "exec /x\n", "overlay-init"), plan.init().command());
    }

    @Test
    void an_upper_program_is_run_first_and_its_teardown_is_the_last_undo() {
        Host host = new Host();
        host.put("/srv/web/root", new PathFacts(PathFacts.Kind.EXECUTABLE, 0xfe00, 9, 0, 0755, 7, "ext4", true, 0));
        Step first = host.good("START=none").steps().get(0);
        assertEquals("run UPPER script", first.name());
        assertEquals("run UPPER script", first.undo().orElseThrow().name());
    }

    @Test
    void limits_longer_than_the_reaper_counts_are_none() {
        BootPlan plan = new Host().good("START=ssh", "START_TIMEOUT=999999999h", "STOP_TIMEOUT=1000001", "HOOK_TIMEOUT=1000000", "PREMOUNT=/x");
        assertEquals(0, plan.ready().timeoutSeconds());
        assertEquals(0, plan.subject().startSeconds());
        assertEquals(0, plan.subject().stopSeconds());
        MountStep.RunHook hook = (MountStep.RunHook) plan.inNamespaces().get(0);
        assertEquals(1_000_000, hook.timeoutSeconds());
    }

    @Test
    void interfaces_are_only_written_into_an_upper_of_our_own_that_has_none() {
        assertTrue(writes(new Host().good("START=none")));
        assertFalse(writes(new Host().good("START=none", "LOWER=root")), "bind");
        assertFalse(writes(new Host().good("START=none", "LOWER=live")), "pre-mounted");
        assertFalse(writes(new Host().good("START=none", "PREMOUNT=/x")), "PREMOUNT is somebody's own");
        Host host = new Host();
        host.put("/srv/web/root/etc/network/interfaces", new PathFacts(PathFacts.Kind.OTHER, 1, 2, 0, 0, 7, "ext4", true, 0));
        assertFalse(writes(host.good("START=none")), "there already");
    }

    private static boolean writes(BootPlan plan) {
        return plan.onHost().stream().anyMatch(HostStep.WriteFile.class::isInstance);
    }

    @Test
    void interfaces_have_a_stanza_for_every_inner_end() {
        HostStep.WriteFile file = (HostStep.WriteFile) new Host().good("START=none", "CABLES=br0= =.9").onHost().stream()
                .filter(HostStep.WriteFile.class::isInstance).findFirst().orElseThrow();
        assertEquals("""
                # made by overlayd, because UPPER had none; yours from now on
                auto lo
                iface lo inet loopback

                auto eth0
                iface eth0 inet manual

                auto eth0.9
                iface eth0.9 inet manual
                """, file.content());
    }

    @Test
    void hostname_host_is_the_hosts_own_everywhere() {
        BootPlan plan = new Host().good("START=none", "HOSTNAME=host");
        assertEquals("mainhost", plan.init().hostname());
        assertTrue(plan.inNamespaces().contains(new MountStep.BindContent("/etc/hostname", "mainhost\n")));
    }

    @Test
    void the_users_environment_wins_over_ours() {
        assertEquals("/bin", new Host().good("START=none", "ENVIRONMENT=PATH=/bin").init().environment().get("PATH"));
    }

    @Test
    void names_of_any_bytes_reach_the_steps_unharmed() {
        byte[] name = {'/', 's', 'r', 'v', '/', '\'', '"', (byte) 0xff, (byte) 0xc3, (byte) 0xb1, ' ', '*'};
        Path upper = ByteText.path(ByteText.decode(name));
        Host host = new Host();
        host.paths.put(upper, host.directory("/srv/odd"));
        BootPlan plan = host.good("START=none", "POSTMOUNT=/x", "UPPER=" + ByteText.of(upper));
        HostStep.LockDirectory lock = (HostStep.LockDirectory) plan.onHost().get(0);
        assertEquals(ByteText.decode(name), ByteText.decode(ByteText.bytes(lock.directory())));
        MountStep.RunHook hook = (MountStep.RunHook) plan.inNamespaces().get(1);
        assertEquals(ByteText.decode(name), hook.command().get(2));
    }

    @Test
    void every_step_that_outlives_a_failed_boot_has_an_undo() {
        for (Step step : new Host().good("START=none", "CABLES=br0= = br1=.7").onHost()) {
            boolean descriptorOnly = step instanceof HostStep.LockDirectory;
            boolean endsWithNetns = step instanceof CableStep.PlugCable || step instanceof CableStep.PlugVlan || step instanceof CableStep.BringUp;
            assertEquals(!descriptorOnly && !endsWithNetns, step.undo().isPresent(), step.name());
        }
    }

    @Test
    void an_image_among_the_lowers_is_mounted_read_only_before_the_overlay() {
        Host host = new Host();
        host.directory("/a");
        host.put("/srv/i.img", new PathFacts(PathFacts.Kind.FILE, 0xfe00, 77, 0, 0644, 7, "ext4", true, 0)
                .with(new overlayd.image.Content.FileSystem("squashfs")));
        BootPlan plan = host.good("LOWER=/a:/srv/i.img", "START=none");
        assertEquals(new RootStep.MountImage(Path.of("/srv/i.img"), "squashfs", Path.of("/srv/web/live"), Path.of("/srv/web/live/.image-1")),
                plan.inNamespaces().get(0));
        assertEquals(List.of(Path.of("/a"), Path.of("/srv/web/live/.image-1")),
                ((RootStep.MountOverlay) plan.inNamespaces().get(1)).lowerdirs());
        assertEquals(List.of(Path.of("/a"), Path.of("/srv/i.img")), plan.subject().lowerdirs());
    }

    @Test
    void a_throw_away_upper_is_neither_locked_nor_synchronised() {
        BootPlan plan = new Host().good("UPPER=tmp:20M", "START=none");
        assertTrue(plan.onHost().stream().noneMatch(HostStep.LockDirectory.class::isInstance));
        assertTrue(plan.onHost().stream().noneMatch(HostStep.WriteFile.class::isInstance));
        RootStep.MountThrowAway tmpfs = (RootStep.MountThrowAway) plan.inNamespaces().get(0);
        assertEquals("20971520", tmpfs.size());
        assertTrue(tmpfs.interfaces().contains("iface lo"));
        RootStep.MountOverlay overlay = (RootStep.MountOverlay) plan.inNamespaces().get(1);
        assertEquals(tmpfs.place().resolve("upper"), overlay.upperdir());
        assertTrue(overlay.options().containsKey("volatile"));
    }

    @Test
    void checkpoints_lie_above_what_hides_secrets_and_a_lower_around_them_is_covered() {
        Host host = new Host();
        Path checkpoint = Path.of("/srv/web/root.generations/1");
        host.generations = new HostFacts.Generations(List.of(checkpoint), java.util.Set.of(Path.of("/")), Optional.empty());
        List<MountStep> steps = host.good("HIDE=secrets", "START=none").inNamespaces();
        RootStep.CoverLower cover = (RootStep.CoverLower) steps.get(0);
        RootStep.HideSecrets secrets = (RootStep.HideSecrets) steps.get(1);
        assertEquals(List.of(cover.root()), secrets.lowerdirs());
        assertEquals(List.of(checkpoint, secrets.layer(), cover.root()), ((RootStep.MountOverlay) steps.get(2)).lowerdirs());
    }
}
