package overlayd.config;

/** Where a key comes from. */
public enum Origin {
    /** The first overlay-boot, as its manual page lists it. */
    SEED("overlay-boot"),
    /** Added by overlay-boot until 1.6.4. */
    UPSTREAM("overlay-boot 1.6.4"),
    /** Ours: upstream passes over it. */
    OURS("overlayd");

    private final String shown;

    Origin(String shown) {
        this.shown = shown;
    }

    /** As manual pages name it. */
    public String shown() {
        return shown;
    }
}
