package overlayd.subhost;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import overlayd.state.Took;

/**
 * How the start or stop of a service ended, in the words of every message, log and reason.
 *
 * @param verb start or stop
 * @param status of its script; 124 when it took too long
 */
public record ServiceEnd(String service, String verb, int status) {
    private static final int LATE = 124;
    private static final String TOO_LONG = " took too long to ";
    private static final String FAILED = " failed with status ";

    static ServiceEnd ofStart(String service, int status) {
        return new ServiceEnd(service, "start", status);
    }

    /** "nginx started", "nginx failed with status 3", "nginx took too long to start", "nginx failed to stop with status 3". */
    public String words() {
        boolean stop = verb.equals("stop");
        return service + (status == 0 ? stop ? " stopped" : " started" : status == LATE ? TOO_LONG + verb
                : (stop ? FAILED.replace("with", "to stop with") : FAILED) + status);
    }

    /** The same with how long it took: "nginx started after 31.2 ms". */
    public String words(long micros) {
        return words() + (status == LATE ? ", ended" : "") + " after " + Took.text(micros);
    }

    /** What {@code reason}, made of such words, tells of a start that did not go well. */
    static Optional<ServiceEnd> ofStartIn(String reason, String service) {
        Matcher told = Pattern.compile("(^|, )" + Pattern.quote(service) + "(" + FAILED + "([0-9]+)|" + TOO_LONG + "start)").matcher(reason);
        return told.find() ? Optional.of(ofStart(service, told.group(3) == null ? LATE : Integer.parseInt(told.group(3)))) : Optional.empty();
    }
}
