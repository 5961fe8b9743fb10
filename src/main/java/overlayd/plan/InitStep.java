package overlayd.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlayd.security.Confinement;

/** What the monitor and pid 1 do. */
public sealed interface InitStep extends Step {
    /**
     * The monitor clones pid 1, which joins the namespaces, mounts /proc, takes the root and executes the init.
     *
     * @param full which init system of the root that is; empty for the boot section and the reaper
     */
    record StartInit(List<String> command, Map<String, String> environment, String hostname, Confinement confinement,
            Optional<InitSystem> full) implements InitStep {
        public StartInit {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        @Override
        public String name() {
            return "start init";
        }

        @Override
        public String operands() {
            return Quoted.words(command.stream().map(StartInit::firstLine).toList()) + full.map(init -> " (" + init.shown() + ")").orElse("")
                    + ", hostname " + hostname + ", " + confinement.shown();
        }

        /** Whether it is an init that makes control groups of its own, which need a place and leave no room beside them. */
        public boolean managesGroups() {
            return full.filter(init -> init.kind() == InitSystem.Kind.SYSTEMD).isPresent();
        }

        private static String firstLine(String word) {
            int end = word.indexOf('\n');
            return end < 0 ? word : word.substring(0, end) + " ...";
        }
    }

    /** Waits until every service of START was started and the reaper runs; or until a full init has booted. */
    record AwaitReady(List<String> services, int timeoutSeconds, Sign sign, List<List<String>> conditions, int conditionSeconds)
            implements InitStep {
        /** Abstract name, in the subhost's netns, of the socket on which a full init says that it has booted (sd_notify(3)). */
        public static final String NOTICES = "overlayd/notify";

        /** Who tells: the reaper, or an init script that closes descriptor 3; or systemd by READY=1, once it runs. */
        public enum Sign { REAPER, NOTICE }

        public AwaitReady {
            services = List.copyOf(services);
            conditions = List.copyOf(conditions);
        }

        @Override
        public String name() {
            return "await ready";
        }

        @Override
        public String operands() {
            return started() + conditions.stream().map(words -> ", then " + Quoted.words(words)).collect(java.util.stream.Collectors.joining())
                    + (conditions.isEmpty() || conditionSeconds == 0 ? "" : ", " + conditionSeconds + " s");
        }

        private String started() {
            if (sign == Sign.NOTICE) {
                return "READY=1 of the init" + (timeoutSeconds == 0 ? "" : ", " + timeoutSeconds + " s");
            }
            return services.isEmpty() ? "no services" : "services " + String.join(" ", services)
                    + (timeoutSeconds == 0 ? ", without time limit" : ", " + timeoutSeconds + " s each");
        }
    }
}
