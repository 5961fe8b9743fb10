package overlayd.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import overlayd.config.Capability;
import overlayd.config.Security;
import overlayd.kernel.SyscallFilter;

class ConfinementTest {
    /** {@code settings}: lines of a configuration file. */
    private static Confinement of(String... settings) {
        return Confinement.of(Holes.security(List.of(settings)));
    }

    private static Set<Capability> capabilities(String... settings) {
        return of(settings).capabilities().orElse(Set.of(Capability.values()));
    }

    private static List<String> calls(String... settings) {
        return of(settings).filter().map(SyscallFilter::rules).orElse(List.of()).stream().map(SyscallFilter.Rule::name).toList();
    }

    @Test
    void the_default_mask_is_the_one_of_the_design() {
        assertEquals(Optional.of("b54ce5fb"), Confinement.DEFAULT.capabilityMask().map(Long::toHexString));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_TIME", "SYSLOG", "MKNOD", "DAC_READ_SEARCH", "BPF", "PERFMON", "SYS_NICE",
        "MAC_ADMIN", "NET_ADMIN", "MAC_OVERRIDE", "AUDIT_CONTROL", "CHECKPOINT_RESTORE", "LINUX_IMMUTABLE", "WAKE_ALARM", "BLOCK_SUSPEND"})
    void the_default_profile_has_no_capability_over_the_host(String name) {
        assertFalse(capabilities().contains(Capability.valueOf(name)));
    }

    /** linux/capability.h; a row inserted in between would shift every mask. */
    @ParameterizedTest
    @CsvSource({"CHOWN,0", "SETPCAP,8", "NET_ADMIN,12", "SYS_ADMIN,21", "SYS_TIME,25", "MKNOD,27", "SETFCAP,31", "SYSLOG,34", "BPF,39",
        "CHECKPOINT_RESTORE,40"})
    void numbers_are_the_kernels(String name, int number) {
        assertEquals(number, Capability.valueOf(name).ordinal());
    }

    @Test
    void caps_change_single_ones() {
        assertTrue(capabilities("CAPS=+sys_time -net_raw").contains(Capability.SYS_TIME));
        assertFalse(capabilities("CAPS=+sys_time,-CAP_NET_RAW").contains(Capability.NET_RAW));
        assertTrue(capabilities("CAPS=-net_raw").contains(Capability.CHOWN));
    }

    @Test
    void what_a_capability_is_for_is_not_filtered() {
        assertTrue(calls().contains("clock_settime"));
        assertFalse(calls("CAPS=+sys_time").contains("clock_settime"));
        assertFalse(of("CAPS=+syslog").masked().contains("/proc/kmsg"));
    }

    @Test
    void opening_files_by_handle_stays_closed_with_sys_admin() {
        assertTrue(calls("CAPS=+sys_admin +dac_read_search").contains("open_by_handle_at"));
        assertFalse(calls("SECCOMP=+open_by_handle_at").contains("open_by_handle_at"));
    }

    @Test
    void user_namespaces_are_for_nesting_only() {
        assertTrue(calls().containsAll(List.of("clone", "clone3", "unshare")));
        assertFalse(calls("NESTING=yes").contains("clone3"));
    }

    @Test
    void compat_confines_nothing() {
        Confinement compat = of("PROFILE=compat");
        assertEquals(new Confinement(Optional.empty(), List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), List.of("PROFILE=compat")), compat);
        assertEquals(compat, of("PRIVILEGED=yes"));
        assertTrue(of("PROFILE=compat", "SECCOMP=yes").filter().isPresent());
        assertEquals(Capability.values().length - 1, capabilities("PROFILE=compat", "CAPS=-sys_boot").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROFILE=compat", "SECCOMP=no", "SECCOMP=+keyctl -mount", "CAPS=+sys_time -net_raw", "NESTING=yes",
        "DEVICES=/dev/fuse /dev/net/tun", "HIDE=/root /etc/shadow"})
    void what_a_record_keeps_means_the_same_again(String line) {
        Security security = Holes.security(line.isEmpty() ? List.of() : List.of(line));
        assertEquals(line.isEmpty() ? List.of() : List.of(line), Settings.of(security));
        assertEquals(security, Holes.security(Settings.of(security)));
    }

    @Test
    void privileged_is_who_can_become_root_on_the_host() {
        assertTrue(Holes.privileged(List.of("PROFILE=compat")));
        assertTrue(Holes.privileged(List.of("CAPS=+sys_admin")));
        assertFalse(Holes.privileged(List.of("CAPS=+sys_time")));
        assertFalse(Holes.privileged(List.of()));
        assertEquals(List.of(), Holes.of(Security.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ntpsec failed with status 1| |CAPS=+sys_time",
        "x failed with status 1|date: cannot set date: Operation not permitted|CAPS=+sys_time",
        "x failed with status 32|mount: /mnt: permission denied.|CAPS=+sys_admin",
        "x failed with status 1|mknod: /dev/x: Operation not permitted|DEVICES= for that device, or CAPS=+mknod",
        "x failed with status 1|unshare: unshare failed: Operation not permitted|NESTING=yes"})
    void a_denied_service_is_told_what_would_allow_it(String reason, String said, String remedy) {
        assertEquals(Optional.of(remedy), Denials.remedy(reason, said == null ? List.of() : List.of(said), List.of()));
        assertEquals(Optional.empty(), Denials.remedy(reason, List.of(), List.of("PROFILE=compat")));
    }

    @Test
    void an_ordinary_failure_gets_no_advice() {
        assertEquals(Optional.empty(), Denials.remedy("nginx failed with status 1", List.of("bind() to 0.0.0.0:80 failed (98: Address in use)"), List.of()));
    }
}
