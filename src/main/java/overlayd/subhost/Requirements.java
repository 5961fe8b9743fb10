package overlayd.subhost;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import overlayd.config.SubhostConfig;
import overlayd.failure.Failure;
import overlayd.failure.RefusedException;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.state.Waits;

/**
 * REQUIRES, while subhosts come and go: one boots only while those run that it requires, and stops before they do.
 *
 * @param find one subhost's record
 * @param all every subhost's
 */
record Requirements(Function<String, Optional<SubhostRecord>> find, Supplier<List<SubhostRecord>> all) {

    /** @throws RefusedException STEP: one that it requires does not run */
    void refuse(SubhostConfig config) throws RefusedException {
        for (String name : Waits.of(config.upkeep().relations()).requires()) {
            Optional<SubhostRecord> required = find.apply(name);
            SubhostState state = required.map(SubhostRecord::state).orElse(SubhostState.STOPPED);
            if (!runs(state)) {
                String reason = required.map(SubhostRecord::reason).filter(text -> !text.isEmpty()).map(text -> ": " + text).orElse("");
                throw RefusedException.step(new Failure("require", name, "", "", config.name() + " requires " + name + ", which is "
                        + state.word() + reason, "overlay-boot " + config.name() + " boots both", true));
            }
        }
    }

    /** Live ones that require {@code name}, or one who does, in the order in which they are to be stopped. */
    List<String> dependants(String name) {
        List<SubhostRecord> live = all.get().stream().filter(record -> record.state().isLive()).toList();
        Deque<String> order = new ArrayDeque<>();
        collect(name, live, new HashSet<>(Set.of(name)), order);
        return List.copyOf(order);
    }

    /** {@code seen}: files may have been changed since they were booted, so that two require each other by now. */
    private static void collect(String name, List<SubhostRecord> live, Set<String> seen, Deque<String> order) {
        for (SubhostRecord record : live) {
            if (record.upkeep().waits().requires().contains(name) && seen.add(record.name())) {
                collect(record.name(), live, seen, order);
                order.addLast(record.name());
            }
        }
    }

    private static boolean runs(SubhostState state) {
        return state == SubhostState.RUNNING || state == SubhostState.PAUSED || state == SubhostState.FOREIGN;
    }
}
