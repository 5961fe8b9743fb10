package overlayd.state;

import java.util.List;

/**
 * What a subhost's configuration asked for when it was booted; a part of its record that stays as it is while it lives.
 *
 * @param file its configuration file, absolute; as given when it was booted
 * @param log log file
 * @param services services that START lists, in order, for the stop in reverse
 * @param startSeconds bound for one service's start or stop
 * @param stopSeconds grace after TERM before everything left is killed
 * @param settings what of its confinement is not as by default, as KEY=value
 */
public record Asked(String file, String log, List<String> services, long startSeconds, long stopSeconds, List<String> settings) {
    /** Of one whose configuration nobody has read. The bounds are those of a configuration that names none. */
    public static final Asked NOTHING = new Asked("", "", List.of(), 90, 10, List.of());
    /** Of one that is still to be booted. */
    public static final Asked NOT_YET = new Asked("", "", List.of(), 0, 0, List.of());

    public Asked {
        services = List.copyOf(services);
        settings = List.copyOf(settings);
    }

    /** Of one that somebody else has booted: no more is known than the file, and what a look at it tells. */
    public static Asked of(String file, List<String> settings) {
        return new Asked(file, NOTHING.log, NOTHING.services, NOTHING.startSeconds, NOTHING.stopSeconds, settings);
    }
}
