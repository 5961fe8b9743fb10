package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.failure.RefusedException;
import overlayd.kernel.Errno;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subhost.ModelKernel.Fault;

/** What happens to a subhost in the course of its life, and what daemons make of it, on a host in memory. */
class LifeTest {
    @TempDir
    Path directory;
    private ModelHost host;
    private ModelDaemon daemon;
    private Set<String> before;

    @BeforeEach
    void daemon() {
        host = new ModelHost(directory);
        before = host.state();
        daemon = new ModelDaemon(host, "START=ssh", "CABLES=br0=");
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        daemon.close();
        assertEquals(before, host.state());
    }

    private Path file(String name) {
        return directory.resolve("run/subhosts/web").resolve(name);
    }

    private ModelHost.Process process(String role) {
        return host.processes.values().stream().filter(p -> p.role.equals(role) && !p.ended && p.held.size() > 0).findFirst().orElseThrow();
    }

    private void kill(String role) {
        synchronized (host) {
            process(role).signal(9);
        }
    }

    private void boot() throws RefusedException {
        daemon.boot(Optional.empty());
    }

    private void settled() throws Exception {
        daemon.settled();
    }

    /** The daemon is killed; the next one looks around. */
    private void restart() throws Exception {
        daemon.kernel.die();
        daemon.bury();
        daemon = new ModelDaemon(host, "START=ssh", "CABLES=br0=");
        daemon.adopt();
    }

    private SubhostRecord record() {
        return daemon.subhost().record();
    }

    @Test
    void it_boots_runs_and_stops() throws Exception {
        boot();
        assertEquals(SubhostState.RUNNING, daemon.state());
        assertEquals("", record().reason());
        assertTrue(host.pins.containsKey("web"));
        daemon.stop();
        assertEquals(SubhostState.STOPPED, daemon.state());
        assertEquals("exited with status 0", record().life().exit());
    }

    @Test
    void paused_it_is_stopped_all_the_same() throws Exception {
        boot();
        assertTrue(daemon.pauses.pause(daemon.subhost()));
        assertFalse(daemon.pauses.pause(daemon.subhost()));
        assertEquals(SubhostState.PAUSED, daemon.state());
        assertEquals(Set.of("overlayd-id/web"), host.frozen);
        daemon.stop();
        assertEquals("exited with status 0", record().life().exit(), "it went on for its stop");
        assertEquals(RefusedException.Kind.NOT_RUNNING, assertThrows(RefusedException.class, () -> daemon.pauses.pause(daemon.subhost())).kind());
    }

    @Test
    void paused_it_is_known_as_that_to_the_next_daemon_and_goes_on() throws Exception {
        host.readyText = "start ssh\ndone ssh 3\nready\n";
        boot();
        daemon.pauses.pause(daemon.subhost());
        restart();
        assertEquals(SubhostState.PAUSED, daemon.state());
        assertTrue(daemon.pauses.resume(daemon.subhost()));
        assertFalse(daemon.pauses.resume(daemon.subhost()));
        assertEquals(SubhostState.RUNNING, daemon.state());
        assertEquals("ssh failed with status 3", record().reason());
        assertEquals(Set.of(), host.frozen);
        daemon.stop();
    }

    @Test
    void frozen_by_a_daemon_that_died_before_it_wrote_that_down_it_is_paused() throws Exception {
        boot();
        synchronized (host) {
            host.frozen.add("overlayd-id/web");
        }
        restart();
        assertEquals(SubhostState.PAUSED, daemon.state());
        daemon.stop();
    }

    @Test
    void killed_while_it_is_paused_it_has_failed() throws Exception {
        boot();
        daemon.pauses.pause(daemon.subhost());
        kill("init");
        settled();
        assertEquals(SubhostState.FAILED, daemon.state());
        assertEquals("init killed by SIGKILL", record().reason());
    }

    @Test
    void a_failed_service_degrades_it() throws Exception {
        host.readyText = "start ssh\ndone ssh 3\nready\n";
        boot();
        assertEquals("ssh failed with status 3", record().reason());
        daemon.stop();
    }

    @Test
    void an_end_between_ready_and_running_is_noticed() throws Exception {
        host.initEndsAtOnce = true;
        boot();
        settled();
        assertEquals(SubhostState.FAILED, daemon.state());
        assertEquals("init exited with status 3", record().reason());
    }

    @Test
    void a_pid_1_that_ends_before_it_is_ready_fails_the_boot() {
        host.initEndsAtOnce = true;
        host.readyText = "start ssh\n";
        RefusedException refused = assertThrows(RefusedException.class, this::boot);
        assertTrue(refused.getMessage().contains("pid 1 ended before it was ready"), refused.getMessage());
        assertTrue(refused.getMessage().contains("everything was undone"), refused.getMessage());
        assertEquals(SubhostState.FAILED, daemon.state());
    }

    @Test
    void what_pid_1_failed_at_is_told() {
        host.initEndsAtOnce = true;
        host.readyText = "fail pivot_root 22\n";
        RefusedException refused = assertThrows(RefusedException.class, this::boot);
        assertTrue(refused.getMessage().contains("pid 1 failed at pivot_root"), refused.getMessage());
        assertEquals("EINVAL", refused.failure().orElseThrow().errnoName());
    }

    @Test
    void killed_from_the_host_it_has_failed_and_its_things_are_gone() throws Exception {
        boot();
        kill("init");
        settled();
        assertEquals(SubhostState.FAILED, daemon.state());
        assertEquals("init killed by SIGKILL", record().reason());
    }

    @Test
    void without_its_monitor_it_goes_on_and_its_status_is_honestly_unknown() throws Exception {
        boot();
        kill("monitor");
        settled();
        assertEquals(SubhostState.RUNNING, daemon.state());
        assertTrue(host.state().containsAll(Set.of("process drain", "lock /srv/web/root", "lock /srv/web/work", "monitor lock")), host.state().toString());
        kill("init");
        settled();
        assertEquals("init ended, status unknown", record().reason());
    }

    @Test
    void its_replacement_is_replaced_as_well_and_adopted_by_the_next_daemon() throws Exception {
        boot();
        kill("monitor");
        settled();
        kill("drain");
        settled();
        restart();
        assertEquals(SubhostState.RUNNING, daemon.state());
        daemon.stop();
    }

    @Test
    void one_that_ignores_term_is_killed_after_the_grace() throws Exception {
        host.initIgnoresTerm = true;
        boot();
        daemon.stop();
        assertEquals(SubhostState.STOPPED, daemon.state());
        assertEquals("killed by SIGKILL", record().life().exit());
    }

    @Test
    void the_script_that_goes_with_pid_1_has_not_failed() throws Exception {
        List<String> heard = new ArrayList<>();
        host.lastServiceEndsInit = true;
        boot();
        daemon.stop(new Progress() {
            @Override
            public void serviceDone(String service, String verb, int status) {
                heard.add(verb + " " + service + " " + status);
            }

            @Override
            public void warning(String text) {
                heard.add(text);
            }
        });
        assertEquals(List.of("stop ssh 0"), heard);
        assertEquals("exited with status 0", record().life().exit());
    }

    @Test
    void a_full_init_is_asked_to_end_in_its_own_way() throws Exception {
        for (Map.Entry<String, Integer> init : Map.of("systemd", 38, "sh", 15, "reaper", 15).entrySet()) {
            host.initName = init.getKey();
            host.signals.clear();
            boot();
            daemon.stop();
            assertEquals(List.of(init.getValue()), host.signals, init.getKey());
        }
    }

    @Test
    void sysvinit_and_runit_are_told_to_by_their_own_command() throws Exception {
        host.lastServiceEndsInit = true; // as telinit 0 does
        for (String init : List.of("init", "runit", "runit-init")) {
            host.initName = init;
            host.signals.clear();
            boot();
            daemon.stop();
            assertFalse(host.signals.contains(15), init);
        }
    }

    @Test
    void stopped_twice_is_stopped_once() throws Exception {
        boot();
        daemon.stop();
        daemon.stop();
        assertEquals(SubhostState.STOPPED, daemon.state());
    }

    @Test
    void a_stop_overtakes_a_boot() throws Exception {
        host.readyText = "start ssh\n"; // then it says no more
        CompletableFuture<Void> stop = new CompletableFuture<>();
        Thread stopper = new Thread(() -> {
            try {
                while (daemon.subhost().init().isEmpty()) {
                    Thread.onSpinWait();
                }
                daemon.stop();
                stop.complete(null);
            } catch (RefusedException | RuntimeException refused) {
                stop.completeExceptionally(refused);
            }
        });
        stopper.start();
        RefusedException refused = assertThrows(RefusedException.class, this::boot);
        stop.get(10, java.util.concurrent.TimeUnit.SECONDS);
        assertEquals(RefusedException.Kind.CANCELLED, refused.kind());
        assertFalse(daemon.state().isLive());
    }

    @Test
    void a_new_daemon_knows_it_again() throws Exception {
        boot();
        SubhostRecord known = record();
        restart();
        assertEquals(known, record());
        daemon.stop();
        assertEquals("exited with status 0", record().life().exit());
    }

    @Test
    void an_end_that_nobody_saw_is_known_afterwards() throws Exception {
        boot();
        daemon.kernel.die();
        kill("init");
        daemon.bury();
        Files.writeString(file("exit"), "killed 9 1700000000\n"); // the ghost's cleaning up took it back
        daemon = new ModelDaemon(host, "START=ssh", "CABLES=br0=");
        daemon.adopt();
        assertEquals(SubhostState.FAILED, daemon.state());
        assertEquals("init killed by SIGKILL", record().reason());
    }

    @Test
    void without_its_record_it_is_adopted_all_the_same() throws Exception {
        boot();
        Files.delete(file("record.json"));
        restartWithout("record.json");
        assertEquals(SubhostState.RUNNING, daemon.state());
        assertEquals("its record was lost", record().reason());
        daemon.stop();
    }

    @Test
    void a_damaged_record_is_put_aside_and_it_is_adopted_all_the_same() throws Exception {
        for (String damage : List.of("", "{", "null", "{\"name\":\"db\",\"state\":\"RUNNING\"}", "\u0000", "{\"name\":\"web\",\"state\":\"?\"}")) {
            boot();
            Files.writeString(file("record.json"), damage);
            restart();
            assertEquals(SubhostState.RUNNING, daemon.state(), damage);
            assertTrue(Files.exists(directory.resolve("run/quarantine/web-record.json")));
            daemon.stop();
        }
    }

    @Test
    void bytes_that_a_service_wrote_do_not_keep_it_from_being_adopted() throws Exception {
        boot();
        Files.write(file("progress"), new byte[] {(byte) 0xff, (byte) 0xfe, '\n', 'd', 'o', 'n', 'e', ' ', 'x', ' ', '7', '\n'});
        restart();
        assertEquals(SubhostState.RUNNING, daemon.state());
        assertEquals("x failed with status 7", record().reason());
        daemon.stop();
    }

    @Test
    void a_damaged_line_of_its_journal_is_told_of_and_the_others_are_undone() throws Exception {
        boot();
        damageJournal();
        RefusedException refused = assertThrows(RefusedException.class, daemon::stop);
        assertTrue(refused.getMessage().contains("is damaged"), refused.getMessage());
        assertEquals(Set.of(), host.pins.keySet());
        assertFalse(host.cgroups.contains("overlayd-id/web"));
    }

    private void damageJournal() throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(file("journal")));
        lines.add(1, "{\"undo\":");
        Files.write(file("journal"), lines);
    }

    @Test
    void a_new_daemon_makes_a_damaged_journal_good_from_what_it_sees() throws Exception {
        boot();
        damageJournal();
        restart();
        daemon.stop();
        assertEquals(SubhostState.STOPPED, daemon.state());
    }

    @Test
    void with_all_its_files_gone_it_is_known_by_what_the_kernel_shows() throws Exception {
        boot();
        restartWithout("record.json", "pid", "journal", "mon");
        assertEquals(SubhostState.RUNNING, daemon.state());
        daemon.stop();
        assertEquals(Set.of(), host.pins.keySet());
    }

    /** The daemon is killed, files are deleted, the next one looks around. */
    private void restartWithout(String... files) throws Exception {
        daemon.kernel.die();
        daemon.bury();
        for (String name : files) {
            Files.deleteIfExists(file(name));
        }
        daemon = new ModelDaemon(host, "START=ssh", "CABLES=br0=");
        daemon.adopt();
    }

    @Test
    void after_a_restart_of_the_host_what_is_left_in_the_directory_is_swept() throws Exception {
        boot();
        daemon.stop();
        new Rundir(file("")).write(SubhostRecord.unknown("web", "the boot before").with(SubhostState.RUNNING, ""));
        Files.writeString(file("pid"), "1 1\n");
        restart();
        assertTrue(daemon.registry.find("web").isEmpty());
        assertFalse(Files.exists(file("")));
    }

    @Test
    void a_stop_that_a_daemon_did_not_live_to_finish_is_finished_by_the_next() throws Exception {
        host.initIgnoresTerm = true;
        boot();
        daemon.kernel.plan(new Fault(Fault.Kind.CRASH_BEFORE, 6, Errno.EIO));
        try {
            daemon.stop();
        } catch (ModelKernel.Crash dead) {
            // as planned
        }
        daemon.bury();
        assertTrue(host.processes.values().stream().anyMatch(p -> p.role.equals("init")), "it lives");
        daemon = new ModelDaemon(host, "START=ssh", "CABLES=br0=");
        daemon.adopt();
        assertEquals(SubhostState.STOPPED, daemon.state());
    }

    @Test
    void what_a_failed_teardown_left_is_taken_back_by_the_next_daemon() throws Exception {
        boot();
        int unpin = 0;
        for (int call = 1; unpin == 0; call++) {
            daemon.kernel.plan(new Fault(Fault.Kind.REFUSE, call, Errno.EIO));
            try {
                daemon.stop();
            } catch (RefusedException refused) {
                unpin = call;
            }
            if (unpin == 0 && !daemon.state().isLive()) {
                boot();
            }
        }
        daemon.kernel.plan(Fault.NONE);
        assertEquals(SubhostState.FAILED, daemon.state());
        restart();
        Set<String> left = new TreeSet<>(host.state());
        left.removeAll(before);
        assertEquals(Set.of(), left);
    }
}
