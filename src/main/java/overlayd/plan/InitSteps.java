package overlayd.plan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import overlayd.config.Addressing;
import overlayd.config.Init;
import overlayd.config.Security;
import overlayd.config.SubhostConfig;
import overlayd.security.Confinement;

/** The last two steps of a boot: which init pid 1 becomes, with what, and when it counts as ready. */
final class InitSteps {
    private static final Set<String> SSH = Set.of("ssh", "sshd");

    private final SubhostConfig config;
    private final HostFacts facts;
    private final Planner.Printed printed;
    private final List<String> services;

    /** @param services that are to be started, in order */
    InitSteps(SubhostConfig config, HostFacts facts, Planner.Printed printed, List<String> services) {
        this.config = config;
        this.facts = facts;
        this.printed = printed;
        this.services = services;
    }

    /** @param security with the ids that auto means here */
    InitStep.StartInit start(Security security) {
        return new InitStep.StartInit(command(), environment(), config.boot().hostname().orElse(facts.hostname()), Confinement.of(security),
                fullInit(config, facts));
    }

    InitStep.AwaitReady ready(InitStep.StartInit init) {
        return new InitStep.AwaitReady(services, Planner.seconds(config.timeouts().start()),
                init.managesGroups() ? InitStep.AwaitReady.Sign.NOTICE : InitStep.AwaitReady.Sign.REAPER,
                config.boot().ready().conditions(), Planner.seconds(config.boot().ready().timeout()));
    }

    /** The init system that is to run; empty where overlayd's own init does. */
    static Optional<InitSystem> fullInit(SubhostConfig config, HostFacts facts) {
        return config.boot().init() instanceof Init.FullInit ? Optional.of(facts.init().orElse(InitSystem.OTHER)) : Optional.empty();
    }

    private List<String> command() {
        return config.boot().init().match(new Init.Cases<>() {
            @Override
            public List<String> builtIn(Init.BuiltIn init) {
                List<List<String>> dhcp = dhcp();
                if (services.isEmpty() && dhcp.isEmpty()) {
                    // Nothing to start: no shell is needed (0.9 ms).
                    return List.of(config.boot().reaper(), config.name());
                }
                return shell((RootSteps.hidesSecrets(config) && services.stream().anyMatch(SSH::contains) ? InitScript.OWN_KEYS : "")
                        + InitScript.text(dhcp, services, Services.unitScripts(config, facts, services), Planner.seconds(config.timeouts().start()),
                                config.boot().reaper(), config.name()));
            }

            @Override
            public List<String> script(Init.ScriptFrom init) {
                return shell(printed.initScript().orElse("# what " + String.join(" ", init.command().argv()) + " prints\n"));
            }

            @Override
            public List<String> full(Init.FullInit init) {
                return init.argv();
            }
        });
    }

    /** For each interface with ADDRESS=dhcp the name it has as a service, and the client's command. */
    private List<List<String>> dhcp() {
        List<List<String>> commands = new ArrayList<>();
        facts.network().dhcp().ifPresent(client -> config.addressing().from(Addressing.Source.DHCP).forEach(address -> {
            List<String> command = new ArrayList<>(List.of("dhcp-" + address.end()));
            client.before().forEach(word -> command.add(word.replace("%i", address.end())));
            command.add(address.end());
            command.addAll(client.after());
            commands.add(command);
        }));
        return commands;
    }

    private static List<String> shell(String script) {
        return List.of("/bin/sh", "-c", script, "overlay-init");
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", Planner.PATH);
        environment.put("HOME", "/");
        environment.put("container", "overlayd");
        Optional<InitSystem> full = fullInit(config, facts);
        if (full.isPresent()) {
            // systemd's machine id where the root has none, the same at every boot; a console that shows text only.
            environment.put("container_uuid", UUID.nameUUIDFromBytes(facts.tag().getBytes(StandardCharsets.UTF_8)).toString());
            environment.put("TERM", "dumb");
            if (full.get().kind() == InitSystem.Kind.SYSTEMD) {
                environment.put("NOTIFY_SOCKET", "@" + InitStep.AwaitReady.NOTICES);
            }
        } else {
            environment.put("REAPER", config.boot().reaper());
            environment.put("NAME", config.name());
        }
        environment.putAll(config.boot().environment());
        return environment;
    }
}
