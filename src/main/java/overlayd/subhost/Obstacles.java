package overlayd.subhost;

import java.util.Optional;
import java.util.Set;
import overlayd.config.Problem;
import overlayd.failure.RefusedException;
import overlayd.kernel.KernelException;
import overlayd.plan.BootPlan;
import overlayd.plan.HostRule;

/** Tells why a planning that has problems is refused: often the file is right, and somebody else has what it asks for. */
final class Obstacles {
    private static final Set<String> MADE_BY_A_BOOT = Set.of(HostRule.NETNS_TAKEN.id(), HostRule.INTERFACE_TAKEN.id(), HostRule.MAC_IN_USE.id(),
            HostRule.IDS_IN_USE.id());

    private final Registry registry;
    private final Groups groups;
    private final Foreigners foreigners;

    Obstacles(Registry registry, Groups groups, Foreigners foreigners) {
        this.registry = registry;
        this.groups = groups;
        this.foreigners = foreigners;
    }

    /** A name that another instance holds is no fault of the file. */
    BootPlan refuse(Subhosts.Planning planning) throws RefusedException {
        Optional<Subhost> winner = planning.config().flatMap(config -> registry.find(config.name()));
        if (winner.isPresent() && planning.problems().stream().filter(Problem::isError).allMatch(problem -> MADE_BY_A_BOOT.contains(problem.rule()))) {
            refuse(winner.get());
        }
        Optional<Problem> port = planning.problems().stream().filter(problem -> problem.rule().equals(HostRule.PORT_TAKEN.id())).findFirst();
        if (port.isPresent() && planning.problems().stream().filter(Problem::isError).allMatch(problem -> problem.rule().equals(HostRule.PORT_TAKEN.id()))) {
            throw new RefusedException(RefusedException.Kind.EXISTS, port.get().message() + " (" + port.get().remedy() + ")");
        }
        boolean taken = planning.problems().stream().anyMatch(problem -> problem.rule().equals(HostRule.NETNS_TAKEN.id()));
        if (taken && planning.config().isPresent()) {
            String name = planning.config().get().name();
            if (foreigners.find(name).isPresent()) {
                throw new RefusedException(RefusedException.Kind.EXISTS, name + " is running already, booted by overlay-boot 1.6; stop it first: overlay-stop "
                        + name);
            }
            Optional<String> holder = otherHolder(name);
            if (holder.isPresent()) {
                throw new RefusedException(RefusedException.Kind.EXISTS, name + " is running already, in another instance of overlayd ("
                        + holder.get() + ")");
            }
        }
        throw RefusedException.config(planning.problems());
    }

    /** What is in the way was made by its own boot. */
    private static void refuse(Subhost subhost) throws RefusedException {
        if (subhost.state().isLive()) {
            // Another boot of it began while this one was planned.
            throw new RefusedException(RefusedException.Kind.EXISTS, subhost.name() + " is " + subhost.state().word() + " already");
        }
        if (subhost.init().isPresent()) {
            throw new RefusedException(RefusedException.Kind.EXISTS, subhost.name() + " has not ended yet: " + subhost.record().reason());
        }
    }

    private Optional<String> otherHolder(String name) {
        try {
            return groups.otherHolder(name);
        } catch (KernelException unreadable) {
            return Optional.empty();
        }
    }
}
