package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
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
import overlayd.kernel.ResourceLimits;
import overlayd.plan.LimitWish;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/** Gives a running subhost other limits: at once, and in its record, so that the next daemon knows them. Any thread. */
final class LimitSetter {
    private final Kernel kernel;
    private final Groups groups;
    private final Map<String, Object> lanes = new ConcurrentHashMap<>();

    LimitSetter(Kernel kernel, Groups groups) {
        this.kernel = kernel;
        this.groups = groups;
    }

    Live.Limited set(Subhost subhost, List<String> assignments) throws RefusedException {
        SubhostRecord record = subhost.record();
        if (record.stateOf() != SubhostState.RUNNING && record.stateOf() != SubhostState.PAUSED) {
            throw new RefusedException(RefusedException.Kind.NOT_RUNNING, subhost.name() + " is " + Subhosts.words(record.stateOf())
                    + ", not running; set it in its configuration file");
        }
        LimitWish wish = LimitWish.of(assignments, ByteText.path(record.upper()), new ResourceFacts(kernel)::of);
        if (!wish.isSound()) {
            throw RefusedException.config(wish.problems().stream().filter(Problem::isError).toList());
        }
        Cgroup group = groups.group(subhost.name()).orElseThrow(() -> new RefusedException(RefusedException.Kind.NOT_RUNNING,
                subhost.name() + " has no control group: this host has none"));
        synchronized (lanes.computeIfAbsent(subhost.name(), name -> new Object())) { // limits and record are those of the same change
            List<String> old = subhost.record().upkeep().limits();
            List<String> texts = LimitTexts.changed(old, wish, wish.allowance());
            change(subhost, group, wish, new Texts(old, texts));
            subhost.limited(texts);
            return new Live.Limited(texts, notes(group, wish));
        }
    }

    private record Texts(List<String> old, List<String> wished) {
    }

    private static void change(Subhost subhost, Cgroup group, LimitWish wish, Texts texts) throws RefusedException {
        ResourceLimits limits = LimitTexts.limits(texts.wished(), wish.keys(), LimitTexts.disks(texts.old()));
        try {
            group.limit(limits);
        } catch (KernelException refused) {
            boolean undone = true;
            try {
                group.limit(LimitTexts.limits(texts.old(), wish.keys(), LimitTexts.disks(texts.wished())));
            } catch (KernelException second) {
                undone = false;
            }
            boolean busy = refused.errno() == Errno.EBUSY;
            throw RefusedException.step(new Failure("set limits of", subhost.name(), refused.errno().name(), refused.kernelText(),
                    busy ? "it uses more memory than that, and the kernel cannot take it back" : "",
                    busy ? "stop something in it, or give it more: overlay top --once " + subhost.name() : "", undone));
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
