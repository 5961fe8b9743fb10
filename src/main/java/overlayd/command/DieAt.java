package overlayd.command;

import java.util.Optional;
import overlayd.subhost.CrashPoints;
import overlayd.subject.UsageException;

/** The hidden option by which a test has the daemon die in the midst of a boot or stop. */
final class DieAt {
    static final String OPTION = "--die-at";

    private DieAt() {
    }

    static void arm(Given given) throws UsageException {
        Optional<String> point = given.value(OPTION, String.class);
        if (point.isPresent() && !(point.get().matches("[0-9]{1,4}") && CrashPoints.arm(Integer.parseInt(point.get())))) {
            throw new UsageException(OPTION + " takes the number of a point, and needs a daemon with OVERLAYD_TESTING=1");
        }
    }
}
