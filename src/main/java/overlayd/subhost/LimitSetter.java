package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.config.ByteText;
import overlayd.config.ConfigKey;
import overlayd.config.Problem;
import overlayd.facts.ResourceFacts;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.kernel.Cgroup;
import overlayd.kernel.Errno;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.plan.LimitWish;
import overlayd.state.Upkeep;

/**
 * Gives a running subhost other limits. Its record tells first what they are to be and what they were, then that they are set: of a daemon that is
 * killed in between the next one sets them. Any thread; of two requests for one name, and of a request and a stop, one waits for the other.
 */
final class LimitSetter {
    private static final Logger LOG = LoggerFactory.getLogger(LimitSetter.class);

    private final Kernel kernel;
    private final Groups groups;

    LimitSetter(Kernel kernel, Groups groups) {
        this.kernel = kernel;
        this.groups = groups;
    }

    Live.Limited set(Subhost subhost, List<String> assignments) throws RefusedException {
        requireUp(subhost);
        LimitWish wish = LimitWish.of(assignments, ByteText.path(subhost.record().root().upper()), new ResourceFacts(kernel)::of);
        if (!wish.isSound()) {
            throw RefusedException.config(wish.problems().stream().filter(Problem::isError).toList());
        }
        Cgroup group = groups.group(subhost.name()).orElseThrow(() -> new RefusedException(RefusedException.Kind.NOT_RUNNING,
                subhost.name() + " has no control group: this host has none"));
        synchronized (subhost.limiting()) {
            requireUp(subhost); // a stop may have begun since, and made an end of its groups
            finish(subhost);
            List<String> old = subhost.record().upkeep().limits();
            Change change = new Change(group, wish.keys(), old, LimitTexts.changed(old, wish, wish.allowance()));
            carryOut(subhost, change);
            return new Live.Limited(change.wished(), notes(group, wish));
        }
    }

    private static void requireUp(Subhost subhost) throws RefusedException {
        if (!subhost.isUp()) {
            throw new RefusedException(RefusedException.Kind.NOT_RUNNING, subhost.name() + " is " + subhost.state().word()
                    + ", not running; set it in its configuration file");
        }
    }

    /** What of the {@code keys} was {@code old} and is to be {@code wished}, as a record tells them. */
    private record Change(Cgroup group, Set<ConfigKey> keys, List<String> old, List<String> wished) {
        void make() throws KernelException {
            group.limit(LimitTexts.limits(wished, keys, LimitTexts.disks(old)));
        }

        void undo() throws KernelException {
            group.limit(LimitTexts.limits(old, keys, LimitTexts.disks(wished)));
        }
    }

    private static void carryOut(Subhost subhost, Change change) throws RefusedException {
        CrashPoints.pass();
        subhost.limits(upkeep -> upkeep.limiting(change.wished()));
        CrashPoints.pass();
        try {
            change.make();
            CrashPoints.pass();
            subhost.limits(upkeep -> upkeep.limitedTo(change.wished()));
            CrashPoints.pass();
        } catch (KernelException refused) {
            CrashPoints.pass();
            boolean undone = undone(subhost, change);
            boolean busy = refused.errno() == Errno.EBUSY;
            throw RefusedException.step(new Failure("set limits of", subhost.name(), refused.errno().name(), refused.kernelText(),
                    busy ? "it uses more memory than that, and the kernel cannot take it back" : "",
                    busy ? "stop something in it, or give it more: overlay top --once " + subhost.name() : "", undone));
        }
    }

    /** @return false: the kernel refuses that, too; the record goes on saying so */
    private static boolean undone(Subhost subhost, Change change) {
        try {
            change.undo();
            CrashPoints.pass();
            subhost.limits(upkeep -> upkeep.limitedTo(change.old()));
            CrashPoints.pass();
            return true;
        } catch (KernelException second) {
            LOG.error("{}: its limits are neither those of before nor those that were wished: {}", subhost.name(), second.getMessage());
            subhost.limits(upkeep -> upkeep.limitedTo(change.wished()).limiting(change.old()));
            return false;
        }
    }

    /** Makes true what the record of one that is up says of its limits: of a change that was cut off, or could not be undone. */
    void finish(Subhost subhost) {
        synchronized (subhost.limiting()) {
            Upkeep upkeep = subhost.record().upkeep();
            Optional<Cgroup> group = groups.group(subhost.name());
            if (!subhost.isUp() || upkeep.before().isEmpty() || group.isEmpty()) {
                return;
            }
            List<String> before = upkeep.before().get();
            try {
                carryOut(subhost, new Change(group.get(), LimitTexts.differing(before, upkeep.limits()), before, upkeep.limits()));
                LOG.info("{}: limits are now {}; a daemon was killed before it could say so", subhost.name(), String.join(" ", upkeep.limits()));
            } catch (RefusedException refused) {
                LOG.warn("{}: limits stay {}: {}", subhost.name(), String.join(" ", subhost.record().upkeep().limits()), refused.getMessage());
            }
        }
    }

    /** What a limit does not change of what is so already. */
    private static List<String> notes(Cgroup group, LimitWish wish) {
        List<String> notes = new ArrayList<>();
        wish.problems().forEach(problem -> notes.add(problem.message()));
        try {
            OptionalLong pids = wish.keys().contains(ConfigKey.PIDS) ? wish.allowance().pids() : OptionalLong.empty();
            OptionalLong now = group.usage().pids();
            if (pids.isPresent() && now.isPresent() && now.getAsLong() > pids.getAsLong()) {
                notes.add("it has " + now.getAsLong() + " processes and threads already; there will be no new ones until " + (pids.getAsLong() - 1)
                        + " are left");
            }
        } catch (KernelException unreadable) {
            // only a remark less; ignoring
        }
        return notes;
    }
}
