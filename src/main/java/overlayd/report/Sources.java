package overlayd.report;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.site.HostGround;
import overlayd.site.NewSite;
import overlayd.site.SiteRemoval;
import overlayd.state.Instance;
import overlayd.state.SubhostRecord;
import overlayd.subhost.CrashPoints;
import overlayd.subhost.Live;
import overlayd.subhost.Networks;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.LateDoor;
import overlayd.subject.Locator;
import overlayd.trial.Checkpoints;
import overlayd.trial.Drifts;
import overlayd.trial.Trials;

/** What commands and services work with, made once for both: a typed method does what the command does because both ask the same here. */
public final class Sources {
    /** Where configurations are found by name alone. */
    public static final Path INSTALLED = Path.of("/etc/overlayd/conf.d");
    /** What boots with the host, as overlay-boot 1.6.4 has it. */
    public static final Path LISTED = Path.of("/etc/subhosts.conf");

    private final Kernel kernel;
    private final Instance instance;
    private final LateDoor door = new LateDoor();
    private final Locator locator = new Locator(List.of(INSTALLED), door::list);
    private final Rows rows = new Rows(door, locator, Clock.systemUTC());
    private final Linter linter = new Linter(door, locator);
    private final Secrets secrets = new Secrets();
    private final Audits audits = new Audits(door, secrets);
    private final LogReading reading;
    private final Checkpoints checkpoints;
    private final Drifts drifts;
    private final Descriptions descriptions;
    private final Trials trials;
    private volatile Subhosts subhosts;

    public Sources(Kernel kernel, Instance instance) {
        this.kernel = kernel;
        this.instance = instance;
        this.reading = new LogReading(kernel);
        this.checkpoints = new Checkpoints(kernel, Clock.systemUTC());
        this.drifts = new Drifts(kernel);
        this.descriptions = new Descriptions(this::live, rows, audits, reading, drifts::line);
        this.trials = new Trials(kernel, instance.state().resolve("try"), running(), CrashPoints::pass);
    }

    private Trials.Running running() {
        return new Trials.Running() {
            @Override
            public Optional<SubhostRecord> find(String name) {
                return door.find(name);
            }

            @Override
            public Fd root(String name) throws RefusedException, KernelException {
                return door.root(name);
            }
        };
    }

    /** Hands in the subhosts; before this, no call may come. */
    public void serve(Subhosts known) {
        subhosts = known;
        door.open(Door.of(known));
    }

    public Kernel kernel() {
        return kernel;
    }

    public Instance instance() {
        return instance;
    }

    public Door door() {
        return door;
    }

    public Locator locator() {
        return locator;
    }

    public Rows rows() {
        return rows;
    }

    public Linter linter() {
        return linter;
    }

    public Secrets secrets() {
        return secrets;
    }

    public Audits audits() {
        return audits;
    }

    public LogReading reading() {
        return reading;
    }

    public Checkpoints checkpoints() {
        return checkpoints;
    }

    public Drifts drifts() {
        return drifts;
    }

    public Descriptions descriptions() {
        return descriptions;
    }

    public Trials trials() {
        return trials;
    }

    /** Where a new subhost goes. */
    public NewSite.Places places() {
        return new NewSite.Places(INSTALLED, instance.state().resolve("subhosts"));
    }

    public SiteRemoval removal() {
        return new SiteRemoval(door, locator, new HostGround(kernel));
    }

    public Networks networks() {
        return subhosts.networks();
    }

    public Live live() {
        return subhosts.live();
    }
}
