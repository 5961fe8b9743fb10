package overlayd.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each key: its default and what it takes. */
class KeyTest {
    private final SubhostConfig defaults = Reads.good();

    @Test
    void NAME_is_the_name_of_the_file_without_conf_by_default() {
        assertEquals("web", defaults.name());
        assertEquals("other", Reads.reader(Strictness.CHECK).read(ConfigFile.trusted(Path.of("/x/other"), "BASE=.\n")).config().orElseThrow().name());
        assertEquals("A-1_b.c", Reads.good("NAME=A-1_b.c").name());
    }

    @Test
    void a_file_whose_name_is_no_NAME_is_told_to_set_it() {
        Reading reading = Reads.reader(Strictness.BOOT).read(ConfigFile.trusted(Path.of("/x/my web server.conf"), "BASE=.\n"));
        assertEquals(List.of(
                "/x/my web server.conf:1:1: error: NAME, which is the file's name by default, my web server is not allowed "
                        + "(set NAME in the file: letters, digits, _ . and -, beginning with a letter or digit)",
                "/x/my web server.conf:1:1: error: NAME, which is the file's name by default, my web server has 13 characters "
                        + "(set NAME in the file: at most 12)"),
                reading.problems().stream().map(Problem::text).toList());
    }

    @Test
    void BASE_is_relative_to_the_file_and_all_other_paths_to_BASE() {
        SubhostConfig config = Reads.boot("BASE=shop/.", "LIVE=live2", "LOWER=low:/srv/top", "UPPER=./up", "WORK=../work", "LOG=log", "SHARE=data:/data").config().orElseThrow();
        assertEquals(Path.of("/etc/subhosts/shop"), config.base());
        assertEquals(Path.of("/etc/subhosts/shop/live2"), config.root().live());
        assertEquals(List.of(Path.of("/etc/subhosts/shop/low"), Path.of("/srv/top")), config.root().lowers());
        assertEquals(Path.of("/etc/subhosts/shop/up"), config.root().upper());
        assertEquals(Path.of("/etc/subhosts/shop/../work"), config.root().work());
        assertEquals(Path.of("/etc/subhosts/shop/log"), config.log());
        assertEquals(Path.of("/etc/subhosts/shop/data"), config.shares().get(0).host());
    }

    @Test
    void LIVE_LOWER_UPPER_WORK_and_LOG_have_the_defaults_of_the_seed() {
        assertEquals(new Root(RootKind.OVERLAY, Path.of("/srv/web/live"), List.of(Path.of("/")), Path.of("/srv/web/root"), Path.of("/srv/web/work")),
                defaults.root());
        assertEquals(Path.of("/tmp/overlay-web.log"), defaults.log());
    }

    @Test
    void a_colon_in_the_name_of_a_LOWER_is_escaped() {
        assertEquals(List.of(Path.of("/a:b"), Path.of("/c\\d")), Reads.good("LOWER=/a\\:b:/c\\d").root().lowers());
    }

    @Test
    void more_than_500_LOWERs_are_refused() {
        String lowers = java.util.stream.IntStream.rangeClosed(1, 501).mapToObj(i -> "/" + i).collect(java.util.stream.Collectors.joining(":"));
        assertEquals(List.of("web.conf:2:7: error: LOWER has 501 directories (the kernel takes at most 500)"),
                Reads.texts(Reads.boot("BASE=.", "LOWER=" + lowers).problems()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "OVERLAY    | LOWER=/srv/root",
        "OVERLAY    | LOWER=root:/",
        "BIND       | UPPER=/srv/root;LOWER=/srv/root",
        "BIND       | UPPER=root/.;LOWER=$BASE/root/",
        "PREMOUNTED | LIVE=/srv/root;LOWER=/srv/root",
        "PREMOUNTED | LIVE=/srv/root;LOWER=/srv/root;UPPER=/srv/root",
        "PREMOUNTED | LOWER=$LIVE"})
    void the_variant_of_the_root_follows_from_which_paths_are_the_same(RootKind kind, String lines) {
        Reading reading = Reads.boot(("BASE=/srv/web;" + lines).split(";"));
        if (lines.contains("root:/")) assertEquals("upper-is-lower", reading.problems().get(0).rule());
        else assertEquals(kind, reading.config().orElseThrow().root().kind());
    }

    @Test
    void CABLES_is_empty_by_default_and_a_cable_may_be_empty_on_both_sides() {
        assertTrue(defaults.cables().isEmpty());
        Cable cable = Reads.good("CABLES==").cables().get(0);
        assertEquals(Optional.empty(), cable.bridge());
        assertEquals(Optional.empty(), cable.mac());
        assertEquals("eth0", cable.subhostEnd());
    }

    @Test
    void VLANs_belong_to_the_nearest_earlier_cable_and_do_not_count() {
        SubhostConfig config = Reads.good("CABLES=br0=02:00:00:00:00:aB  =.302 br1=.5 br2= =.302");
        Cable first = config.cables().get(0);
        assertEquals("br0", first.bridge().orElseThrow());
        assertEquals("02:00:00:00:00:ab", first.mac().orElseThrow().toString());
        assertEquals(List.of(new Vlan(302, Optional.empty(), new Position(2, 31)), new Vlan(5, Optional.of("br1"), new Position(2, 37))), first.vlans());
        assertEquals("web1", config.hostEnd(config.cables().get(1).index()));
        assertEquals(1, config.cables().get(1).vlans().size());
    }

    @Test
    void a_MAC_has_its_bytes_in_the_order_of_the_wire() {
        assertArrayEquals(new byte[] {(byte) 0xfe, 1, 2, 3, 4, (byte) 0xff},
                Reads.good("CABLES==fe:1:2:3:4:ff").cables().get(0).mac().orElseThrow().bytes());
    }

    @Test
    void START_is_networking_and_ssh_by_default_and_none_is_no_service() {
        assertEquals(List.of("networking", "ssh"), words(defaults));
        assertTrue(defaults.boot().services().isDefault());
        SubhostConfig none = Reads.good("START=none");
        assertTrue(words(none).isEmpty());
        assertEquals(Services.ListOrigin.EXPLICIT, none.boot().services().origin());
        SubhostConfig own = Reads.good("START=nginx  /opt/x/start-stop getty@tty1");
        assertEquals(List.of("nginx", "/opt/x/start-stop", "getty@tty1"), words(own));
        assertTrue(own.boot().services().list().get(1).isProgram());
    }

    private static List<String> words(SubhostConfig config) {
        return config.boot().services().list().stream().map(Services.Service::word).toList();
    }

    @ParameterizedTest
    @CsvSource({"50M,52428800", "1048576,1048576", "64k,65536", "2G,2147483648", "1T,1099511627776", "10%,10%", "100%,100%", "none,''"})
    void RAM_SIZE_takes_what_tmpfs_takes(String value, String option) {
        assertEquals(option, Reads.good("RAM_SIZE=" + value).boot().ramSize().mountOption());
    }

    @Test
    void SHARE_occurs_again_and_names_one_path_or_two() {
        List<Share> shares = Reads.good("SHARE=/srv/www", "SHARE=/a:/b,ro", "SHARE=data:x/./y", "SHARE=/c\\:d:/e,rw").shares();
        assertEquals(new Share(Path.of("/srv/www"), Path.of("/srv/www"), Share.Access.READ_WRITE, new Position(2, 7)), shares.get(0));
        assertTrue(shares.get(1).readOnly());
        assertEquals(Path.of("/b"), shares.get(1).subhost());
        assertEquals(Path.of("/srv/web/data"), shares.get(2).host());
        assertEquals(Path.of("/x/y"), shares.get(2).subhost());
        assertEquals(Path.of("/c:d"), shares.get(3).host());
    }

    @Test
    void hooks_are_built_in_by_default_and_under_the_names_upstream_gives_them() {
        assertEquals(new SubhostConfig.Hooks(Optional.empty(), Optional.empty()), defaults.hooks());
        SubhostConfig upstream = Reads.good("PREMOUNT=overlay-premount", "POSTMOUNT=overlay-postmount", "INIT=overlay-init");
        assertEquals(defaults.hooks(), upstream.hooks());
        assertEquals(new Init.BuiltIn(), upstream.boot().init());
    }

    @Test
    void a_hook_is_split_like_a_shell_splits_words_and_nothing_is_evaluated() {
        SubhostConfig config = Reads.good("PREMOUNT=/bin/x a\\ b \"c d\"'e f' '' `id` $(id) | y > z; \\$NAME", "POSTMOUNT=hooks/post");
        assertEquals(List.of("/bin/x", "a b", "c de f", "", "`id`", "$(id)", "|", "y", ">", "z;", "$NAME"),
                config.hooks().premount().orElseThrow().argv());
        assertEquals(List.of("/srv/web/hooks/post"), config.hooks().postmount().orElseThrow().argv());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sbin/init", "/lib/systemd/systemd", "/sbin/runit-init", "exec:/opt/init"})
    void INIT_may_be_a_full_init_of_the_subhost(String value) {
        assertEquals(new Init.FullInit(List.of(value.replace("exec:", ""), "--x")), Reads.good("INIT=" + value + " --x").boot().init());
    }

    @Test
    void INIT_is_else_a_command_that_prints_the_script() {
        assertEquals(new Init.ScriptFrom(new HookCommand(List.of("make-init", "-v"), new Position(2, 6))), Reads.good("INIT=make-init -v").boot().init());
        assertEquals(new Init.BuiltIn(), defaults.boot().init());
    }

    @Test
    void REAPER_is_slash_dot_reaper_by_default() {
        assertEquals("/.reaper", defaults.boot().reaper());
        assertEquals("/sbin/r", Reads.good("REAPER=/sbin/r").boot().reaper());
    }

    @Test
    void HOSTNAME_is_NAME_by_default_and_host_keeps_the_hosts() {
        assertEquals(Optional.of("web"), defaults.boot().hostname());
        assertEquals(Optional.empty(), Reads.good("HOSTNAME=host").boot().hostname());
        assertEquals(Optional.of("host"), Reads.good("NAME=host").boot().hostname());
        assertEquals(Optional.of("www.example.org"), Reads.good("HOSTNAME=www.example.org").boot().hostname());
    }

    @ParameterizedTest
    @CsvSource({"90,90", "90s,90", "5sec,5", "2min,120", "2m,120", "1h,3600", "none,0", "0,0"})
    void timeouts_are_whole_seconds(String value, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), Reads.good("START_TIMEOUT=" + value).timeouts().start());
    }

    @Test
    void timeouts_have_defaults() {
        assertEquals(new Timeouts(Duration.ofSeconds(90), Duration.ofSeconds(10), Duration.ofSeconds(30)), defaults.timeouts());
    }

    @Test
    void ENVIRONMENT_keeps_its_order_and_may_use_keys() {
        SubhostConfig config = Reads.good("ENVIRONMENT=Z=1 A=\"x $NAME\" E=");
        assertEquals(Map.of("Z", "1", "A", "x web", "E", ""), config.boot().environment());
        assertEquals(List.of("Z", "A", "E"), List.copyOf(config.boot().environment().keySet()));
    }

    @Test
    void limits_are_none_but_the_number_of_processes() {
        SubhostConfig.Upkeep upkeep = Reads.good().upkeep();
        assertEquals(new Limits(new RamSize.None(), OptionalInt.empty(), OptionalLong.of(2048), List.of()), upkeep.limits());
        assertEquals(Restart.NO, upkeep.restart());
    }

    @Test
    void limits_in_every_unit() {
        SubhostConfig config = Reads.good("MEMORY=1g", "CPUS=1.5", "PIDS=none", "IO=20M /dev/sdb=512K data=1g", "RESTART=On-Failure");
        Limits limits = config.upkeep().limits();
        assertEquals(new RamSize.Bytes(1L << 30), limits.memory());
        assertEquals(OptionalInt.of(150), limits.cpuPercents());
        assertEquals(OptionalLong.empty(), limits.pids());
        assertEquals(List.of(20L << 20, 512L << 10, 1L << 30), limits.io().stream().map(Limits.Rate::bytesPerSecond).toList());
        assertEquals(List.of(Optional.empty(), Optional.of(Path.of("/dev/sdb")), Optional.of(config.base().resolve("data"))),
                limits.io().stream().map(Limits.Rate::disk).toList());
        assertEquals(Restart.ON_FAILURE, config.upkeep().restart());
        assertEquals(new RamSize.Percent(25), Reads.good("MEMORY=25%").upkeep().limits().memory());
        assertEquals(OptionalInt.of(1), Reads.good("CPUS=0.01").upkeep().limits().cpuPercents());
        assertTrue(Reads.boot("BASE=.", "CPUS=0.00").hasErrors());
    }

    @Test
    void ready_is_conditions_or_a_command_of_the_subhost() {
        assertEquals(List.of(), Reads.good().boot().ready().conditions());
        assertEquals(Duration.ofSeconds(60), Reads.good().boot().ready().timeout());
        assertEquals(List.of(List.of("tcp:127.0.0.1:22"), List.of("tcp:[fd00::1]:80"), List.of("file:/run/x")),
                Reads.good("READY=tcp:22 tcp:[fd00::1]:80 file:/run/x").boot().ready().conditions());
        assertEquals(List.of(List.of("command", "pg_isready", "-h", "two words")),
                Reads.good("READY=!pg_isready -h \"two words\"").boot().ready().conditions());
    }

    @ParameterizedTest
    @ValueSource(strings = {"OVLS", "SETUP"})
    void a_planned_key_is_refused_and_never_ignored(String key) {
        Reading reading = Reads.boot("BASE=.", key + "=x");
        assertTrue(reading.hasErrors());
        assertEquals("not-in-this-version", reading.problems().get(0).rule());
    }

    @Test
    void USERNS_names_ids_or_leaves_them_to_us() {
        assertEquals(Userns.NONE, Reads.good().security().userns());
        assertEquals(Userns.NONE, Reads.good("USERNS=none").security().userns());
        assertEquals(Userns.AUTO, Reads.good("USERNS=auto").security().userns());
        assertEquals(Userns.of(new IdRange(65_536, 65_536)), Reads.good("USERNS=65536:65536").security().userns());
        assertEquals(new IdRange(2_147_418_112L, 65_536).end(), IdRange.END);
        assertEquals(Userns.of(new IdRange(2_147_418_112L, 65_536)), Reads.good("USERNS=2147418112:65536").security().userns());
    }

    @Test
    void ranges_overlap_from_the_first_common_id_on() {
        IdRange range = new IdRange(100_000, 65_536);
        assertTrue(range.overlaps(range) && range.overlaps(new IdRange(165_535, 1)) && range.overlaps(new IdRange(1, 100_000)));
        assertTrue(!range.overlaps(new IdRange(165_536, 1)) && !range.overlaps(new IdRange(1, 99_999)));
    }
}
