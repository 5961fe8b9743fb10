package overlayd.subhost;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/** How the start of each service of START went, by what the record says of those that did not; before it is ready nothing is known. */
final class ServiceStarts {
    private static final String LATE = " took too long to start";
    private static final int LATE_STATUS = 124;

    private ServiceStarts() {
    }

    static List<Live.ServiceStart> of(SubhostRecord subhost) {
        boolean up = subhost.stateOf() == SubhostState.RUNNING || subhost.stateOf() == SubhostState.PAUSED;
        return up ? subhost.services().stream().map(service -> of(service, subhost.reason())).toList() : List.of();
    }

    /** The words are those of {@link ReadyLines#degraded}. */
    private static Live.ServiceStart of(String service, String reason) {
        String before = "(^|, )" + Pattern.quote(service);
        Matcher failed = Pattern.compile(before + " failed with status ([0-9]+)").matcher(reason);
        if (failed.find()) {
            return new Live.ServiceStart(service, Live.Begun.FAILED, Integer.parseInt(failed.group(2)));
        }
        boolean late = Pattern.compile(before + LATE).matcher(reason).find();
        return new Live.ServiceStart(service, late ? Live.Begun.FAILED : Live.Begun.STARTED, late ? LATE_STATUS : 0);
    }
}
