package overlayd.plan;

import java.util.List;
import java.util.Map;
import overlayd.security.Confinement;

/** What the monitor and pid 1 do. */
public sealed interface InitStep extends Step {
    /** The monitor clones pid 1, which joins the namespaces, mounts /proc, takes the root and executes the init. */
    record StartInit(List<String> command, Map<String, String> environment, String hostname, Confinement confinement) implements InitStep {
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
            return Quoted.words(command.stream().map(StartInit::firstLine).toList()) + ", hostname " + hostname + ", " + confinement.shown();
        }

        private static String firstLine(String word) {
            int end = word.indexOf('\n');
            return end < 0 ? word : word.substring(0, end) + " ...";
        }
    }

    /** Waits until every service of START was started and the reaper runs. */
    record AwaitReady(List<String> services, int timeoutSeconds) implements InitStep {
        public AwaitReady {
            services = List.copyOf(services);
        }

        @Override
        public String name() {
            return "await ready";
        }

        @Override
        public String operands() {
            return services.isEmpty() ? "no services" : "services " + String.join(" ", services)
                    + (timeoutSeconds == 0 ? ", without time limit" : ", " + timeoutSeconds + " s each");
        }
    }
}
