package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ConfigFile;
import overlayd.config.ConfigReader;
import overlayd.config.HostDefaults;
import overlayd.config.Problem;
import overlayd.config.Reading;
import overlayd.config.Severity;
import overlayd.config.Strictness;
import overlayd.kernel.KernelException;
import overlayd.plan.Planner;

/** From a file's path to a plan: reads the file, then the host's facts, then plans. */
final class ConfigPlanner {
    private final HostFactsReader factsReader;
    private final HostDefaults defaults;

    ConfigPlanner(HostFactsReader factsReader, HostDefaults defaults) {
        this.factsReader = factsReader;
        this.defaults = defaults;
    }

    Subhosts.Planning plan(Path file, Strictness strictness) throws KernelException {
        Reading reading;
        try {
            if (!Files.isRegularFile(file)) {
                return unreadable(file, Files.exists(file) ? "is no regular file" : "does not exist");
            }
            reading = ConfigReader.showing(strictness, defaults).read(ConfigFile.open(file));
        } catch (IOException refused) {
            return unreadable(file, "cannot be read: " + refused.getMessage());
        }
        if (reading.config().isEmpty()) {
            return new Subhosts.Planning(Optional.empty(), reading.problems(), Optional.empty());
        }
        Planner.Outcome outcome = Planner.plan(reading.config().get(), factsReader.read(reading.config().get()), Optional.empty());
        List<Problem> problems = new ArrayList<>(reading.problems());
        problems.addAll(outcome.problems());
        return new Subhosts.Planning(reading.config(), problems, outcome.plan());
    }

    private static Subhosts.Planning unreadable(Path file, String why) {
        return new Subhosts.Planning(Optional.empty(), List.of(new Problem(file, 1, 1, Severity.ERROR, "file-unreadable",
                "the configuration file " + why, "name an existing file, or make one: overlay new")), Optional.empty());
    }
}
