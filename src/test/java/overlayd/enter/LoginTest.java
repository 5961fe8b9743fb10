package overlayd.enter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoginTest {
    private static Login login(String passwd, String... programs) {
        return Login.of(passwd, Set.of(programs)::contains);
    }

    @Test
    void roots_own_shell_and_home_are_taken() {
        Login login = login("daemon:x:1:1::/:/bin/sh\nroot:x:0:0:root:/root2:/usr/bin/zsh\n", "/usr/bin/zsh", "/bin/bash", "/bin/sh");
        assertEquals(new Login("/usr/bin/zsh", "/root2"), login);
        assertEquals(List.of("/usr/bin/zsh", "-l"), login.loginShell());
    }

    @Test
    void a_shell_that_is_not_there_gives_way_to_bash_then_sh() {
        assertEquals("/bin/bash", login("root:x:0:0:root:/root:/usr/bin/zsh\n", "/bin/bash", "/bin/sh").shell());
        assertEquals("/bin/sh", login("root:x:0:0:root:/root:/usr/bin/zsh\n", "/bin/sh").shell());
        assertEquals("/bin/sh", login("").shell());
    }

    @Test
    void an_account_that_is_locked_by_its_shell_is_entered_all_the_same() {
        assertEquals("/bin/sh", login("root:x:0:0:root:/root:/usr/sbin/nologin\n", "/usr/sbin/nologin", "/bin/sh").shell());
    }

    @Test
    void what_is_malformed_counts_as_absent() {
        assertEquals(new Login("/bin/sh", "/root"), login("root:x:0:0\nroot\n::::::\n", "/bin/sh"));
        assertEquals(new Login("/bin/sh", "/root"), login("root:x:0:0::home:bin/sh\n", "/bin/sh"));
    }

    @Test
    void the_environment_is_a_clean_login_with_the_callers_terminal_and_language() {
        Map<String, String> environment = new Login("/bin/bash", "/root")
                .environment(Map.of("TERM", "xterm-256color", "LANG", "es_ES.UTF-8", "SECRET", "x", "LD_PRELOAD", "y"), Map.of("A", "b=c"));
        assertEquals(Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/root", "USER", "root",
                "LOGNAME", "root", "SHELL", "/bin/bash", "LANG", "es_ES.UTF-8", "TERM", "xterm-256color", "container", "overlayd", "A",
                        "b=c"),
                environment);
    }

    @Test
    void what_the_user_sets_wins() {
        Map<String, String> environment = new Login("/bin/sh", "/root").environment(Map.of(), Map.of("PATH", "/x", "LANG", ""));
        assertEquals("/x", environment.get("PATH"));
        assertEquals("", environment.get("LANG"));
        assertEquals("dumb", environment.get("TERM"));
        assertFalse(environment.containsKey("LC_ALL"));
    }
}
