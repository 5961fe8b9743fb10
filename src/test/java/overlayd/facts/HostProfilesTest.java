package overlayd.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.plan.HostProfile;

class HostProfilesTest {
    @TempDir
    Path loaded;
    @TempDir
    Path written;

    private void profile(String name, String mode, String attach) throws IOException {
        Path directory = Files.createDirectory(loaded.resolve(name + ".7"));
        Files.writeString(directory.resolve("name"), name + "\n");
        Files.writeString(directory.resolve("mode"), mode + "\n");
        Files.writeString(directory.resolve("attach"), attach + "\n");
    }

    @Test
    void a_profile_with_a_path_is_found() throws IOException {
        profile("named", "enforce", "/usr/sbin/named");
        assertEquals(List.of(new HostProfile("named", "enforce", "/usr/sbin/named")), HostProfiles.read(loaded, written));
    }

    @Test
    void alternatives_are_paths_of_their_own() {
        assertEquals(Set.of("/usr/sbin/dhclient", "/sbin/dhclient"), Set.copyOf(HostProfiles.paths("/{usr/,}sbin/dhclient")));
        assertEquals(Set.of("/usr/sbin/ntpd", "/usr/bin/ntpd", "/sbin/ntpd", "/bin/ntpd"), Set.copyOf(HostProfiles.paths("/{usr/,}{s,}bin/ntpd")));
        assertEquals(Set.of("/a/b", "/a/c/d", "/a/c/e"), Set.copyOf(HostProfiles.paths("/a/{b,c/{d,e}}")));
    }

    @Test
    void what_confines_nothing_or_names_no_program_is_left_out() throws IOException {
        profile("chrome", "unconfined", "/opt/google/chrome/chrome");
        profile("lsb_release", "enforce", "lsb_release");
        profile("all", "complain", "/usr/lib/**");
        profile("versions", "enforce", "/usr/bin/python3.[0-9]");
        assertEquals(List.of(), HostProfiles.read(loaded, written));
    }

    @Test
    void what_linux_6_1_does_not_tell_is_in_the_name_or_in_the_file() throws IOException {
        profile("named", "enforce", "<unknown>");
        Files.createDirectory(loaded.resolve("dhclient.8"));
        Files.writeString(loaded.resolve("dhclient.8/name"), "/{usr/,}sbin/dhclient\n");
        Files.writeString(loaded.resolve("dhclient.8/mode"), "enforce\n");
        Files.writeString(loaded.resolve("dhclient.8/attach"), "<unknown>\n");
        profile("nowhere", "enforce", "<unknown>");
        Files.createDirectory(written.resolve("abstractions"));
        Files.writeString(written.resolve("usr.sbin.named"), "#include <tunables/global>\n\nprofile named /usr/sbin/named flags=(attach_disconnected) {\n}\n");
        assertEquals(Set.of("/usr/sbin/named", "/usr/sbin/dhclient", "/sbin/dhclient"),
                Set.copyOf(HostProfiles.read(loaded, written).stream().map(HostProfile::program).toList()));
    }

    @Test
    void without_apparmor_there_is_none() {
        assertEquals(List.of(), HostProfiles.read(loaded.resolve("absent"), written));
    }

    @Test
    void of_a_pattern_without_end_some_paths_are_enough() {
        assertEquals(64, HostProfiles.paths("/" + "{a,b}".repeat(60)).size());
    }
}
