package overlayd.config;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What overlay-boot 1.6.4 does otherwise with a file. */
class UpstreamTest {
    private static List<String> differences(String lines) {
        ConfigFile file = ConfigFile.trusted(Path.of("/srv/web.conf"), "BASE=/srv/web\n" + lines + "\n");
        return Upstream.differences(file).stream().map(d -> d.at().map(at -> at.line() + ":" + at.column() + ": ").orElse("")
                + d.key() + ": " + d.text()).toList();
    }

    @Test
    void the_defaults_that_differ_are_told_last_and_without_a_place() {
        assertEquals(List.of("LOG: 1.6.4 writes /tmp/oly-web.log; overlayd /tmp/overlay-web.log. 1.6.4 empties it at each boot and fills it with a"
                + " shell's trace; overlayd appends, and cuts it at 10 MiB",
                "START: 1.6.4 never stops these services, only their processes; overlayd stops them in reverse order, each within STOP_TIMEOUT",
                "HOSTNAME: 1.6.4 leaves the host's name in the subhost; overlayd sets web (HOSTNAME=host for the host's)",
                "PROFILE: 1.6.4 confines nothing: root in the subhost is root of the host; overlayd's default profile does (PROFILE=compat for"
                + " 1.6.4's openness)"), differences(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "NAME=other                         | 2:1: NAME: overlay-go, overlay-share and overlay-stop of 1.6.4 do not find",
        "LOG=boot.log                       | 2:1: LOG: 1.6.4 takes the path from where it was called; overlayd from BASE",
        "LOG=/var/log/x                     | 2:1: LOG: 1.6.4 writes the same file. 1.6.4 empties it",
        "LOWER=/a:/b                        | 2:1: LOWER: 1.6.4 takes one directory",
        "LOWER=$LIVE                        | 2:1: LOWER: 1.6.4 leaves $KEY as it stands",
        "LIVE=/x¶LOWER=/x                   | 2:1: LIVE: 1.6.4 mounts an overlay on LIVE",
        "UPPER=\"/a b\"                     | 2:1: UPPER: 1.6.4 takes the quotation marks as part of the value",
        "WORK=/x`id`                        | 2:1: WORK: 1.6.4 has a shell evaluate the value",
        "START=!sh -c 'echo none'           | 2:1: START: 1.6.4 splits the command at blanks only",
        "CABLES=br0= =.302                  | 2:1: CABLES: 1.6.4 needs brctl",
        "CABLES=br0= =.302                  | 2:1: CABLES: 1.6.4 only calls ifup for the VLAN's end",
        "CABLES== =                         | 2:1: CABLES: the /etc/network/interfaces that 1.6.4 writes where UPPER has none knows lo only; overlayd's has eth0, eth1",
        "SHARE=/a¶SHARE=/b:/c,ro            | 3:7: SHARE: 1.6.4 takes ,ro as part of the name",
        "PREMOUNT=prepare                   | 2:1: PREMOUNT: 1.6.4 wants a path and does not look for prepare in PATH",
        "POSTMOUNT=/bin/post                | 2:1: POSTMOUNT: 1.6.4 hands over the word LIVE",
        "INIT=/sbin/init                    | 2:1: INIT: 1.6.4 runs /sbin/init on the host",
        "REAPER=/r                          | 2:1: REAPER: 1.6.4 does not know the key",
        "HOSTNAME=host                      | 2:1: HOSTNAME: 1.6.4 does not know the key"})
    void each_difference_is_told_where_it_stands(String lines, String beginning) {
        List<String> found = differences(lines.replace('¶', '\n'));
        assertTrue(found.stream().anyMatch(text -> text.startsWith(beginning)), () -> String.join("\n", found));
    }

    @Test
    void what_1_6_4_does_alike_is_not_told() {
        assertEquals(List.of(), differences("PROFILE=compat\nHOSTNAME=host\nSTART=none\nSHARE=/srv:/mnt\nPREMOUNT=./x\nUPPER='/a'").stream()
                .filter(text -> !text.contains("does not know the key") && !text.startsWith("LOG")).toList());
    }
}
