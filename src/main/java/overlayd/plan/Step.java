package overlayd.plan;

import java.util.Optional;

/**
 * One change on the way from a configuration to a running subhost: a plain value with everything needed to carry it out, to print
 * it and to take it back. A step holds no lambda and no result of another step; what only exists at run time (descriptors, the
 * init's pid) is addressed by names fixed here or kept by the runner.
 */
public sealed interface Step permits HostStep, MountStep, InitStep {
    /** What is done, as a verb phrase ("plug cable"): names the step in plans, failures and error pages. */
    String name();

    /** On what, for a reader: paths, names, options in one line. */
    String operands();

    /** What takes it back on the host; empty where the change ends with the subhost's namespaces or descriptors. */
    default Optional<Undo> undo() {
        return Optional.empty();
    }
}
