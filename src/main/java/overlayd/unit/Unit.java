package overlayd.unit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A service unit as it is run without systemd: every value read, every word of every command resolved.
 *
 * @param name with {@code .service}
 * @param commands what is run, in order of the phases
 * @param identity User, Group; empty: root
 * @param directory WorkingDirectory; empty: /. A leading {@code -}: it may be missing
 * @param environment of Environment and EnvironmentFile
 * @param runtimeDirectories names below /run
 * @param runtimeMode their mode, octal
 * @param pidFile PIDFile, absolute
 * @param conditions ConditionPathExists and ConditionFileIsExecutable, as written
 * @param unsupported keys that are not carried out here, sorted
 */
public record Unit(String name, Type type, Commands commands, Identity identity, Optional<String> directory, Map<String, String> environment,
        List<String> runtimeDirectories, String runtimeMode, Optional<String> pidFile, List<Condition> conditions, Limits limits,
        List<String> unsupported) {
    /** How it says that it has started. */
    public enum Type { EXEC, FORKING, ONESHOT, NOTIFY }

    /** One command. {@code tolerated}: its failure does not count ({@code -}). {@code asRoot}: {@code +}, {@code !}. */
    public record Command(List<String> words, boolean tolerated, boolean asRoot) {
    }

    /** Commands by phase. */
    public record Commands(List<Command> before, List<Command> start, List<Command> after, List<Command> stop) {
    }

    /** Whom it runs as. */
    public record Identity(Optional<String> user, Optional<String> group) {
    }

    /** A path that has to be there, or, {@code negated}, must not; {@code test} as test(1) takes it. */
    public record Condition(String test, String path, boolean negated) {
    }

    /** Small settings of its processes. {@code killSignal}: a number. */
    public record Limits(Optional<String> umask, Optional<String> files, int killSignal, boolean quiet) {
    }

    /** Keys that mean something to systemd alone, and nothing is lost without: not worth a word. */
    private static final Set<String> NEEDLESS = Set.of("Unit.Description", "Unit.Documentation", "Unit.After", "Unit.Before", "Unit.Wants",
            "Unit.DefaultDependencies", "Unit.Conflicts", "Unit.RefuseManualStop", "Unit.RefuseManualStart", "Unit.PartOf", "Unit.IgnoreOnIsolate",
            "Unit.StartLimitInterval", "Unit.StartLimitIntervalSec", "Unit.StartLimitBurst", "Unit.SourcePath", "Unit.ReloadPropagatedFrom",
            "Service.ExecReload", "Service.BusName", "Service.NotifyAccess", "Service.IgnoreSIGPIPE", "Service.KillMode", "Service.SyslogFacility",
            "Service.SyslogIdentifier", "Service.StandardOutput", "Service.StandardError", "Service.StandardInput", "Service.TimeoutStartSec",
            "Service.TimeoutStopSec", "Service.TimeoutSec", "Service.GuessMainPID", "Service.RemainAfterExit", "Service.SendSIGHUP",
            "Service.RestartPreventExitStatus", "Service.RestartSec", "Service.SuccessExitStatus", "Service.Delegate", "Service.TasksMax");
    private static final Set<String> CARRIED_OUT = Set.of("Service.Type", "Service.User", "Service.Group", "Service.WorkingDirectory",
            "Service.Environment", "Service.EnvironmentFile", "Service.ExecStartPre", "Service.ExecStart", "Service.ExecStartPost",
            "Service.ExecStop", "Service.PIDFile", "Service.RuntimeDirectory", "Service.RuntimeDirectoryMode", "Service.UMask",
            "Service.LimitNOFILE", "Service.KillSignal", "Unit.ConditionPathExists", "Unit.ConditionFileIsExecutable");

    /** Reads what a root has of a unit. @throws UnitProblem it cannot be run without systemd */
    public static Unit of(UnitFiles files) throws UnitProblem {
        if (files.fragments().isEmpty()) {
            throw new UnitProblem("it is masked (a link to /dev/null)");
        }
        return new UnitReader(files).read();
    }

    static List<String> unsupported(UnitText text) {
        TreeSet<String> keys = new TreeSet<>();
        for (String key : text.keys()) {
            if ((key.startsWith("Unit.") || key.startsWith("Service.")) && !NEEDLESS.contains(key) && !CARRIED_OUT.contains(key)) {
                keys.add(key.substring(key.indexOf('.') + 1));
            }
        }
        return List.copyOf(keys);
    }

    public Unit {
        environment = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        runtimeDirectories = List.copyOf(new ArrayList<>(runtimeDirectories));
        conditions = List.copyOf(conditions);
        unsupported = List.copyOf(unsupported);
    }
}
