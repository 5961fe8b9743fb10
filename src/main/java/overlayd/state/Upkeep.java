package overlayd.state;

import java.util.List;

/**
 * What the daemon does for a subhost beside booting and stopping it; a part of its record.
 *
 * @param restart RESTART: "no", "on-failure" or "always"
 * @param limits what of the host it may use, as "MEMORY=512M"
 * @param restartAt when it is booted again, in seconds since the epoch; 0: it is not
 * @param restarts how many boots in a row followed an end that nobody had asked for
 * @param waits whom it has been booted after
 * @param course where the time of its boot went
 */
public record Upkeep(String restart, List<String> limits, long restartAt, int restarts, Waits waits, Course course) {
    /** Of a record that says nothing of it. */
    public static final Upkeep NONE = new Upkeep("no", List.of(), 0, 0, Waits.NONE, Course.NONE);

    public Upkeep {
        restart = restart == null ? "no" : restart;
        limits = limits == null ? List.of() : List.copyOf(limits);
        waits = waits == null ? Waits.NONE : waits;
        course = course == null ? Course.NONE : course;
    }

    /** The same, to be booted again at that time; 0: not. */
    public Upkeep at(long seconds) {
        return new Upkeep(restart, limits, seconds, restarts, waits, course);
    }

    /** The same after so many boots in a row that nobody asked for. */
    public Upkeep after(int count) {
        return new Upkeep(restart, limits, restartAt, count, waits, course);
    }

    /** The same with other limits. */
    public Upkeep limitedTo(List<String> others) {
        return new Upkeep(restart, others, restartAt, restarts, waits, course);
    }

    /** The same of a boot that is over. */
    public Upkeep took(Course times) {
        return new Upkeep(restart, limits, restartAt, restarts, waits, times);
    }

    /** The same of one that somebody else boots again. */
    public Upkeep keptByOthers() {
        return new Upkeep(NONE.restart(), limits, restartAt, restarts, waits, course);
    }
}
