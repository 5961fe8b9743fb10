package overlayd.plan;

import java.nio.file.Path;
import java.util.List;
import overlayd.config.Capability;
import overlayd.config.ConfigKey;
import overlayd.config.Init;
import overlayd.config.RootKind;
import overlayd.config.Services.Service;
import overlayd.config.SubhostConfig;
import overlayd.security.Confinement;
import overlayd.unit.Unit;
import overlayd.unit.UnitProblem;

/** Holds INIT and START against what the root has. */
final class InitRules {
    private final SubhostConfig config;
    private final HostFacts facts;
    private final Findings found;

    InitRules(SubhostConfig config, HostFacts facts, Findings found) {
        this.config = config;
        this.facts = facts;
        this.found = found;
    }

    void check() {
        init();
        services();
    }

    private void init() {
        if (!(config.boot().init() instanceof Init.FullInit full) || config.root().kind() == RootKind.PREMOUNTED) {
            return;
        }
        if (facts.init().isEmpty() && !isRootSeen()) {
            return;
        }
        if (facts.init().isEmpty()) {
            found.add(HostRule.INIT_ABSENT, ConfigKey.INIT, "the root has no " + full.argv().get(0),
                    "install an init in it (apt install sysvinit-core, or systemd-sysv), or correct the path");
        } else if (facts.init().get().kind() == InitSystem.Kind.SYSTEMD
                && !Confinement.of(config.security()).capabilities().map(kept -> kept.contains(Capability.SYS_ADMIN)).orElse(true)) {
            found.add(HostRule.INIT_CONFINED, ConfigKey.INIT, facts.init().get().shown() + " needs the capability sys_admin, which "
                    + "this subhost is not to have", "CAPS=+sys_admin, or PROFILE=compat: with either, root in the subhost can become root"
                    + " on the host; sysvinit needs neither");
        }
    }

    private void services() {
        boolean hostRoot = config.root().lowers().equals(List.of(Path.of("/")));
        for (Service service : config.boot().services().list()) {
            if (hostRoot && (service.word().equals("cron") || service.word().equals("anacron"))) {
                found.add(HostRule.CRON_ON_HOST_ROOT, service.at(), service.word() + " over LOWER=/ runs the host's own jobs a second time",
                        "empty /etc/crontab, /etc/cron.* and /var/spool/cron in UPPER");
            }
            if (!config.boot().services().isDefault()) {
                absent(service);
            }
        }
    }

    /** Whether what the root will have can be told now: a program that makes UPPER has not run, and hooks may make or mount whatever they like. */
    private boolean isRootSeen() {
        PathFacts.Kind upper = facts.of(config.root().upper()).kind();
        boolean program = upper == PathFacts.Kind.FILE || upper == PathFacts.Kind.EXECUTABLE;
        return !program && config.hooks().premount().isEmpty() && config.hooks().postmount().isEmpty();
    }

    private void absent(Service service) {
        switch (Services.of(facts, service.word())) {
            case ABSENT -> {
                if (isRootSeen()) {
                    found.add(HostRule.SERVICE_ABSENT, service.at(), "the root has no service " + service.word(),
                            service.isProgram() ? "correct the path" : "install its package in the root, or take it out of START");
                }
            }
            case SYSTEMD_UNIT_ONLY -> found.add(HostRule.SERVICE_UNIT_ONLY, service.at(), "service " + service.word()
                    + " has only a systemd unit", "write " + service.word() + ".service to have the unit file run without systemd; or"
                    + " apt install orphan-sysvinit-scripts in the root, name a start-stop script, or use INIT=/sbin/init");
            case UNIT -> unit(service);
            case INIT_SCRIPT, PROGRAM -> { }
        }
    }

    private void unit(Service service) {
        try {
            Unit.of(facts.units().get(service.word()));
        } catch (UnitProblem problem) {
            found.add(HostRule.UNIT_UNUSABLE, service.at(), service.word() + " cannot be run without systemd: " + problem.getMessage(),
                    "change it by a drop-in, take it out of START, or use INIT=/sbin/init");
        }
    }
}
