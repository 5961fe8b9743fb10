package overlayd.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reading units: systemd.syntax(7), systemd.service(5), systemd.exec(5), as far as they are carried out here. */
class UnitTest {
    private static Unit unit(String... fragments) throws UnitProblem {
        return Unit.of(new UnitFiles("web@my-site.service", List.of(fragments), Map.of("/etc/default/web", "# x\nOPTIONS=\"-a  -b\" \nEMPTY=\nexport Z=1\n")));
    }

    private static String problem(String... fragments) {
        return assertThrows(UnitProblem.class, () -> unit(fragments)).getMessage();
    }

    private static List<String> start(String line, String... more) throws UnitProblem {
        return unit("[Service]\n" + String.join("\n", more) + "\nExecStart=" + line).commands().start().get(0).words();
    }

    @Test
    void words_are_split_and_unquoted_as_systemd_does() throws Exception {
        assertEquals(List.of("/bin/x", "two words", "a b", "tab\there", "-q"), start("/bin/x \"two words\" 'a b' tab\\there -q"));
        assertEquals(List.of("/bin/x", "", "y"), start("/bin/x '' y"));
        assertEquals(List.of("/bin/x", "$(rm -rf /)", "`id`", ";"), start("/bin/x $(rm\\s-rf\\s/) `id` ;".replace("$(", "$$(").replace("$$(", "$(")));
    }

    @Test
    void variables_come_from_Environment_and_EnvironmentFile() throws Exception {
        assertEquals(List.of("/bin/x", "-a", "-b", "<-a  -b>", "v"), start("/bin/x $OPTIONS <${OPTIONS}> $EMPTY $NONE ${V}",
                "Environment=V=v \"W=two words\"", "EnvironmentFile=-/etc/default/web", "EnvironmentFile=-/nowhere"));
        assertEquals("its EnvironmentFile /nowhere is not in the root", problem("[Service]\nEnvironmentFile=/nowhere\nExecStart=/x"));
        assertEquals(Map.of("V", "v", "W", "two words"), unit("[Service]\nEnvironment=V=v \"W=two words\"\nExecStart=/x").environment());
    }

    @Test
    void drop_ins_add_and_an_empty_value_forgets() throws Exception {
        Unit unit = unit("[Service]\nType=forking\nExecStart=/old\nExecStartPre=/a\n", "[Service]\nExecStart=\nExecStart=/new \\\n  # no part of it\n  --on\nExecStartPre=-/b\n");
        assertEquals(List.of("/new", "--on"), unit.commands().start().get(0).words());
        assertEquals(List.of(new Unit.Command(List.of("/a"), false, false), new Unit.Command(List.of("/b"), true, false)), unit.commands().before());
        assertEquals(Unit.Type.FORKING, unit.type());
    }

    @Test
    void specifiers_are_replaced_and_unknown_ones_told() throws Exception {
        assertEquals(List.of("/bin/web", "my-site", "my/site", "100%", "/run"), start("/bin/%p %i %I 100%% %t"));
        assertEquals("a specifier of \"/bin/x %b\" needs systemd", problem("[Service]\nExecStart=/bin/x %b"));
    }

    @Test
    void what_needs_systemd_is_refused() {
        assertEquals("Type=dbus needs systemd", problem("[Service]\nType=dbus\nExecStart=/x"));
        assertEquals("it has no ExecStart", problem("[Service]\nType=simple"));
        assertEquals("it is masked (a link to /dev/null)", problem());
        assertEquals("it has more than one ExecStart, which only Type=oneshot may", problem("[Service]\nExecStart=/a\nExecStart=/b"));
        assertEquals("KillSignal=SIGFOO is not known here", problem("[Service]\nExecStart=/a\nKillSignal=SIGFOO"));
        assertTrue(problem("[Service]\nExecStart=/a 'b").startsWith("the quotation mark ' is not closed"));
        assertEquals("RuntimeDirectory=../etc is no name below /run", problem("[Service]\nExecStart=/a\nRuntimeDirectory=../etc"));
    }

    @Test
    void what_is_not_carried_out_is_listed() throws Exception {
        assertEquals(List.of("PrivateTmp", "Requires", "Restart"), unit("[Unit]\nDescription=d\nRequires=a.socket\nAfter=b\n"
                + "[Service]\nExecStart=/x\nRestart=always\nPrivateTmp=yes\nKillMode=process\n[Install]\nWantedBy=multi-user.target\n").unsupported());
    }

    @Test
    void the_rest_is_read() throws Exception {
        Unit unit = unit("[Unit]\nConditionPathExists=!/etc/off\n[Service]\nType=notify\nUser=www-data\nGroup=adm\nWorkingDirectory=-/srv\n"
                + "PIDFile=web.pid\nRuntimeDirectory=web other\nRuntimeDirectoryMode=0750\nUMask=027\nLimitNOFILE=1024:4096\nKillSignal=SIGINT\n"
                + "ExecStart=+/x\nExecStop=/bin/kill -s QUIT $MAINPID\nStandardOutput=null\n");
        assertEquals(new Unit.Identity(Optional.of("www-data"), Optional.of("adm")), unit.identity());
        assertEquals(List.of("web", "other"), unit.runtimeDirectories());
        assertEquals(Optional.of("/run/web.pid"), unit.pidFile());
        assertEquals(new Unit.Limits(Optional.of("027"), Optional.of("1024"), 2, true), unit.limits());
        assertEquals(List.of(new Unit.Condition("-e", "/etc/off", true)), unit.conditions());
        assertTrue(unit.commands().start().get(0).asRoot());
        String script = UnitScript.text(unit, 90, 10);
        assertTrue(script.contains("/.reaper --service notify 90 \"$pidfile\" '/x' >/dev/null || exit\n"), script);
        assertTrue(script.contains("$as '/bin/kill' '-s' 'QUIT' ''\"$MAINPID\"'' || :\n"), script);
        assertTrue(script.contains("test -e '/etc/off' && echo "), script);
        assertTrue(script.contains("/.reaper --stop 10 2 \"$MAINPID\" || exit\n"), script);
    }

    @Test
    void nothing_of_a_unit_is_evaluated_by_the_shell() throws Exception {
        String script = UnitScript.text(unit("[Service]\nUser=a;id\nEnvironment=\"A='$(id)'\"\nWorkingDirectory=/$(id)\nExecStart=/x '$(id)' `id` \"it's\" ;id"), 1, 1);
        assertTrue(script.contains("'/x' '$(id)' '`id`' 'it'\\''s' ';id' || exit"), script);
        assertTrue(script.contains("export A=''\\''$(id)'\\'''\n"), script);
        assertTrue(script.contains("--reuid=a_id "), script);
        assertTrue(script.contains("cd '/$(id)' || exit"), script);
    }
}
