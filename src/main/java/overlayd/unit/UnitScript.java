package overlayd.unit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A unit as a start-stop script for /bin/sh of its root. Every word of the unit stands in single quotes: the shell evaluates nothing of it.
 * What a shell cannot do is done by the reaper: {@code --service} (a server in a session of its own, its readiness, its process id),
 * {@code --stop} (a signal, an end, a bound).
 */
public final class UnitScript {
    /** Where the scripts and the process ids are, in the subhost. */
    public static final String DIRECTORY = "/run/overlayd";

    private final Unit unit;
    private final long startSeconds;
    private final long stopSeconds;
    private final StringBuilder text = new StringBuilder();

    private UnitScript(Unit unit, long startSeconds, long stopSeconds) {
        this.unit = unit;
        this.startSeconds = startSeconds;
        this.stopSeconds = stopSeconds;
    }

    /** Where the script of a unit is. */
    public static String path(String name) {
        return DIRECTORY + "/" + name;
    }

    /** The script; its argument is start or stop. */
    public static String text(Unit unit, long startSeconds, long stopSeconds) {
        return new UnitScript(unit, startSeconds, stopSeconds).script();
    }

    private String script() {
        text.append("#!/bin/sh\n# ").append(unit.name()).append(" without systemd; made by overlayd\n");
        unit.environment().forEach((name, value) -> text.append("export ").append(name).append('=').append(quoted(value)).append('\n'));
        unit.identity().user().ifPresent(user -> text.append("as=\"setpriv --reuid=").append(plain(user)).append(" --regid=")
                .append(unit.identity().group().map(UnitScript::plain).orElse("$(id -g " + plain(user) + ")")).append(" --init-groups --\"\n"));
        if (unit.identity().user().isEmpty()) {
            text.append("as=").append(unit.identity().group().map(group -> quoted("setpriv --regid=" + plain(group) + " --clear-groups --"))
                    .orElse("")).append('\n');
        }
        text.append("pidfile=").append(quoted(unit.type() == Unit.Type.FORKING ? unit.pidFile().orElse(pidFile()) : pidFile())).append('\n');
        text.append("case $1 in\nstart)\n");
        start();
        text.append("    ;;\nstop)\n");
        stop();
        return text.append("    ;;\nesac\nexit 0\n").toString();
    }

    private String pidFile() {
        return DIRECTORY + "/" + unit.name() + ".pid";
    }

    private void start() {
        if (!unit.unsupported().isEmpty()) {
            line("echo " + quoted(unit.name() + ": not carried out without systemd: " + String.join(" ", unit.unsupported())));
        }
        for (Unit.Condition condition : unit.conditions()) {
            line((condition.negated() ? "" : "! ") + "test " + condition.test() + " " + quoted(condition.path()) + " && echo "
                    + quoted(unit.name() + ": not started, for its condition on " + condition.path() + " does not hold") + " && exit 0");
        }
        for (String directory : unit.runtimeDirectories()) {
            line("install -d -m " + quoted(unit.runtimeMode()) + unit.identity().user().map(user -> " -o " + quoted(user)).orElse("")
                    + unit.identity().group().or(() -> unit.identity().user()).map(group -> " -g " + quoted(group)).orElse("") + " "
                    + quoted("/run/" + directory) + " || exit");
        }
        unit.directory().ifPresent(this::changeTo);
        unit.limits().umask().ifPresent(mask -> line("umask " + mask));
        unit.limits().files().ifPresent(limit -> line("ulimit -n " + limit + " 2>/dev/null || :"));
        unit.commands().before().forEach(this::run);
        unit.commands().start().forEach(this::server);
        unit.commands().after().forEach(this::run);
    }

    private void changeTo(String directory) {
        String path = directory.startsWith("-") ? directory.substring(1) : directory;
        String place = path.equals("~") ? "\"$(getent passwd " + quoted(unit.identity().user().orElse("root")) + " | cut -d: -f6)\"" : quoted(path);
        line("cd " + place + (directory.startsWith("-") ? " 2>/dev/null || :" : " || exit"));
    }

    /** What the unit starts to stay. */
    private void server(Unit.Command command) {
        switch (unit.type()) {
            case ONESHOT -> run(command);
            case FORKING -> {
                run(command);
                unit.pidFile().ifPresent(path -> line("test -e \"$pidfile\" || echo " + quoted(unit.name() + ": it has not written " + path)));
            }
            case EXEC, NOTIFY -> line("/.reaper --service " + (unit.type() == Unit.Type.NOTIFY ? "notify" : "exec") + " " + startSeconds
                    + " \"$pidfile\" " + words(command) + (unit.limits().quiet() ? " >/dev/null" : "") + after(command));
        }
    }

    private void run(Unit.Command command) {
        line(words(command) + after(command));
    }

    private static String after(Unit.Command command) {
        return command.tolerated() ? " || :" : " || exit";
    }

    private void stop() {
        line("MAINPID=$(cat \"$pidfile\" 2>/dev/null)");
        line("case $MAINPID in *[!0-9]*) MAINPID= ;; esac");
        unit.commands().stop().forEach(command -> line(words(command) + " || :"));
        if (unit.type() != Unit.Type.ONESHOT) {
            line("if [ -n \"$MAINPID\" ] && [ -e \"/proc/$MAINPID\" ]; then");
            line("    /.reaper --stop " + stopSeconds + " " + unit.limits().killSignal() + " \"$MAINPID\" || exit");
            line("fi");
            line("rm -f " + quoted(pidFile()));
        }
    }

    private String words(Unit.Command command) {
        String words = command.words().stream().map(UnitScript::word).collect(Collectors.joining(" "));
        Optional<String> user = unit.identity().user().or(() -> unit.identity().group());
        return (user.isEmpty() || command.asRoot() ? "" : "$as ") + words;
    }

    private static String word(String word) {
        return List.of(word.split(CommandWords.MAIN_PID, -1)).stream().map(UnitScript::quoted).collect(Collectors.joining("\"$MAINPID\""));
    }

    /** A name inside single quotes that the shell splits into words later. */
    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9_.@+-]", "_");
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private void line(String line) {
        text.append("    ").append(line).append('\n');
    }
}
