package overlayd.subhost;

import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;
import overlayd.failure.Failure;
import overlayd.kernel.KernelException;

/** Failures in the daemon's log, with the fields STEP and ERRNO_NAME by which the journal can be searched. */
final class Told {
    private static final String STEP = "STEP";
    private static final String ERRNO = "ERRNO_NAME";

    private Told() {
    }

    /** A step of a boot failed, and whoever asked for the boot is told all of it. */
    static void failed(Logger log, String name, Failure failure) {
        log.atWarn().addKeyValue(STEP, failure.step()).addKeyValue(ERRNO, failure.errnoName())
                .log("{}: boot: {}", name, failure.text().lines().findFirst().orElse(failure.step()));
    }

    /** Something could not be taken back. */
    static void failed(Logger log, String name, String what, Exception broken) {
        LoggingEventBuilder event = log.atError().addKeyValue(STEP, what);
        if (broken instanceof KernelException refused) {
            event = event.addKeyValue(ERRNO, refused.errno().name());
        }
        event.log("{}: {}: {}", name, what, broken.getMessage());
    }
}
