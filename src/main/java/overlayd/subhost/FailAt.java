package overlayd.subhost;

import java.util.Optional;
import overlayd.kernel.Errno;
import overlayd.kernel.KernelException;
import overlayd.plan.BootPlan;
import overlayd.plan.Step;

/**
 * A failure asked for: step {@code number} of the plan (as {@code --plan} numbers it) is answered with {@code errno} instead of being
 * done. For tests of undoing on a real host; the number stands for a step of the very plan that is carried out.
 */
public record FailAt(int number, Errno errno) {
    /** Reads {@code NUMBER[:ERRNO]}, EIO by default. */
    public static Optional<FailAt> parse(String text) {
        if (!text.matches("[0-9]{1,4}(:E[A-Z0-9]+)?")) {
            return Optional.empty();
        }
        String[] parts = text.split(":");
        try {
            return Optional.of(new FailAt(Integer.parseInt(parts[0]), parts.length == 2 ? Errno.valueOf(parts[1]) : Errno.EIO));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    /** Throws when {@code step} is the one. */
    void check(BootPlan plan, Step step) throws KernelException {
        if (plan.steps().indexOf(step) == number - 1) {
            throw new KernelException(step.name(), plan.name(), errno, "asked for by --fail-at");
        }
    }
}
