package overlayd.config;

/** How oddities are taken that upstream passes over in silence. */
public enum Strictness {
    /** As overlay-boot: oddities are warnings, so that a file written for upstream works unchanged. */
    BOOT,
    /** As {@code overlay check}: every oddity is an error. */
    CHECK
}
