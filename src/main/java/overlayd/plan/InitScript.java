package overlayd.plan;

import java.util.List;

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

    /** The script; {@code dhcp}: before the services, name and words of each DHCP client. Service names and paths come quoted; nothing of the configuration is evaluated by the shell. */
    static String text(List<List<String>> dhcp, List<String> services, long timeoutSeconds, String reaper, String name) {
        StringBuilder script = new StringBuilder("""
                # boot section of subhost %s; made by overlayd
                run() {
                    service=$1
                    shift
                    printf 'start %%s\\n' "$service" >&3
                    /.reaper --run %d "$@" 3>&- </dev/null
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
            if (service.startsWith("/")) {
                script.append("run ").append(quoted(service)).append(' ').append(quoted(service)).append(" start\n");
            } else {
                script.append("start ").append(quoted(service)).append('\n');
            }
        }
        return script.append("exec ").append(quoted(reaper)).append(' ').append(quoted(name)).append('\n').toString();
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
