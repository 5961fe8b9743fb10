package overlayd.state;

import java.util.List;
import java.util.Optional;

/**
 * What the daemon does for a subhost beside booting and stopping it; a part of its record.
 *
 * @param restart RESTART: "no", "on-failure" or "always"
 * @param limits what of the host it may use, as "MEMORY=512M"
 * @param before what it may have instead, while {@code limits} are being set: a daemon that finds this has been killed between the two
 * @param restartAt when it is booted again, in seconds since the epoch; 0: it is not
 * @param restarts how many boots in a row followed an end that nobody had asked for
 * @param waits whom it has been booted after
 * @param course where the time of its boot went
 */
public record Upkeep(String restart, List<String> limits, Optional<List<String>> before, long restartAt, int restarts, Waits waits, Course course) {
    /** Of a record that says nothing of it. */
    public static final Upkeep NONE = new Upkeep("no", List.of(), Optional.empty(), 0, 0, Waits.NONE, Course.NONE);

    public Upkeep {
        restart = restart == null ? "no" : restart;
        limits = limits == null ? List.of() : List.copyOf(limits);
        before = before.map(List::copyOf);
        waits = waits == null ? Waits.NONE : waits;
        course = course == null ? Course.NONE : course;
    }

    /** The same, to be booted again at that time; 0: not. */
    public Upkeep at(long seconds) {
        return new Upkeep(restart, limits, before, seconds, restarts, waits, course);
    }

    /** The same after so many boots in a row that nobody asked for. */
    public Upkeep after(int count) {
        return new Upkeep(restart, limits, before, restartAt, count, waits, course);
    }

    /** The same with other limits. */
    public Upkeep limitedTo(List<String> others) {
        return new Upkeep(restart, others, Optional.empty(), restartAt, restarts, waits, course);
    }

    /** The same while its limits become {@code others}: until then it has those of now, or some of them. */
    public Upkeep limiting(List<String> others) {
        return new Upkeep(restart, others, Optional.of(limits), restartAt, restarts, waits, course);
    }

    /** The same of a boot that is over. */
    public Upkeep took(Course times) {
        return new Upkeep(restart, limits, before, restartAt, restarts, waits, times);
    }

    /** The same of one that somebody else boots again. */
    public Upkeep keptByOthers() {
        return new Upkeep(NONE.restart(), limits, before, restartAt, restarts, waits, course);
    }
}
