package overlayd.plan;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import overlayd.config.SubhostConfig;

/** From text to a plan, without the host's facts, which are read by system calls. */
@State(Scope.Thread)
public class PlanBenchmark {
    private static final String[] LINES = {"CABLES=br0=", "START=networking nginx", "MEMORY=512M", "SHARE=/srv/data:/data"};

    private final Host host = new Host();
    private final SubhostConfig config = Host.config(LINES);
    private final HostFacts facts = host.facts();

    /** A file's text to a configuration. */
    @Benchmark
    public SubhostConfig configuration() {
        return Host.config(LINES);
    }

    /** A configuration to a plan. */
    @Benchmark
    public Planner.Outcome plan() {
        return Planner.plan(config, facts, Planner.Printed.NOTHING);
    }
}
