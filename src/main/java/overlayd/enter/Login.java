package overlayd.enter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The account that is entered, always root's, as the subhost's own /etc/passwd has it (passwd(5)).
 *
 * @param shell absolute path in the subhost
 * @param home absolute path in the subhost
 */
public record Login(String shell, String home) {
    /** Shells that are tried when the account names none that can be used. */
    private static final List<String> SHELLS = List.of("/bin/bash", "/bin/sh");
    /** "Shells" that only refuse. */
    private static final Set<String> REFUSING = Set.of("nologin", "false", "true", "sync");
    private static final String SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /**
     * Root's account. The text is the subhost's, hence not trusted: what is malformed counts as absent.
     *
     * @param passwd content of /etc/passwd, empty when there is none
     * @param executable whether a path of the subhost is a program
     */
    static Login of(String passwd, Predicate<String> executable) {
        String[] root = passwd.lines().map(line -> line.split(":", -1)).filter(f -> f.length == 7 && f[0].equals("root"))
                .findFirst().orElseGet(() -> new String[] {"root", "", "0", "0", "", "", ""});
        String shell = Stream.concat(Stream.of(root[6]).filter(Login::letsIn), SHELLS.stream())
                .filter(executable).findFirst().orElse("/bin/sh");
        return new Login(shell, root[5].startsWith("/") ? root[5] : "/root");
    }

    private static boolean letsIn(String shell) {
        return shell.startsWith("/") && !REFUSING.contains(shell.substring(shell.lastIndexOf('/') + 1));
    }

    /** What a login on it runs. */
    public List<String> loginShell() {
        return List.of(shell, "-l");
    }

    /**
     * A login's environment: nothing of the caller's but the kind of its terminal and its language, which only it knows.
     *
     * @param client the caller's environment
     * @param additional set last, so that they win
     */
    public Map<String, String> environment(Map<String, String> client, Map<String, String> additional) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", SEARCH);
        environment.put("HOME", home);
        environment.put("USER", "root");
        environment.put("LOGNAME", "root");
        environment.put("SHELL", shell);
        environment.put("LANG", orElse(client.get("LANG"), "C.UTF-8"));
        environment.put("TERM", orElse(client.get("TERM"), "dumb"));
        environment.put("container", "overlayd");
        environment.putAll(additional);
        return environment;
    }

    private static String orElse(String value, String otherwise) {
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
