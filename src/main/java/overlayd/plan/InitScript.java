package overlayd.plan;

import java.util.List;
import java.util.Map;
import overlayd.unit.UnitScript;

/**
 * The boot section that /bin/sh runs as pid 1: each service of START in order, in its own session, then the shell becomes the
 * reaper. Mounting /proc, /dev/pts, /sys and /run, which the seed lists before it, has been done when the shell starts.
 *
 * <p>Progress goes to descriptor 3, which only pid 1 has: "start SERVICE", "done SERVICE STATUS". Every service runs without it.
 */
final class InitScript {
    /** Where the host's keys are hidden: sshd gets its own, made at the first boot and kept in UPPER. */
    static final String OWN_KEYS = """
            # own keys for sshd, since HIDE=secrets hides the host's
            [ ! -x /usr/bin/ssh-keygen ] || /.reaper --run 60 /usr/bin/ssh-keygen -A 3>&- </dev/null
            """;

    private InitScript() {
    }

    /**
     * The script; {@code dhcp}: before the services, name and words of each DHCP client; {@code units}: texts of the scripts made of unit
     * files. Service names and paths come quoted; nothing of the configuration is evaluated by the shell.
     */
    static String text(List<List<String>> dhcp, List<String> services, Map<String, String> units, long timeoutSeconds, String reaper, String name) {
        StringBuilder script = new StringBuilder("""
                # boot section of subhost %s; made by overlayd
                seconds=%d
                run() {
                    service=$1
                    shift
                    printf 'start %%s\\n' "$service" >&3
                    /.reaper --run "$seconds" "$@" 3>&- </dev/null
                    printf 'done %%s %%s\\n' "$service" "$?" >&3
                }
                start() {
                    if command -v service >/dev/null 2>&1; then
                        run "$1" service "$1" start
                    else
                        run "$1" "/etc/init.d/$1" start
                    fi
                }
                """.formatted(name, timeoutSeconds));
        for (List<String> client : dhcp) {
            script.append("run");
            client.forEach(word -> script.append(' ').append(quoted(word)));
            script.append('\n');
        }
        for (String service : services) {
            if (units.containsKey(service)) {
                script.append(unit(service, units.get(service), timeoutSeconds));
            } else if (service.startsWith("/")) {
                script.append("run ").append(quoted(service)).append(' ').append(quoted(service)).append(" start\n");
            } else {
                script.append("start ").append(quoted(service)).append('\n');
            }
        }
        return script.append("exec ").append(quoted(reaper)).append(' ').append(quoted(name)).append('\n').toString();
    }

    /** Lays the unit's script where the stop of the service finds it, and starts it. */
    private static String unit(String name, String text, long timeoutSeconds) {
        String path = quoted(UnitScript.path(name));
        return "mkdir -p " + UnitScript.DIRECTORY + "\ncat >" + path + " <<'END OF UNIT'\n" + text + "END OF UNIT\n"
                // The script bounds its server itself, and needs a moment to end it.
                + "seconds=" + (timeoutSeconds == 0 ? 0 : timeoutSeconds + 5) + "\nrun " + quoted(name) + " /bin/sh " + path + " start\n"
                + "seconds=" + timeoutSeconds + "\n";
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
