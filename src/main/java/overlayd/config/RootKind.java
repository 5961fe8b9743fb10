package overlayd.config;

/** How the root of a subhost comes to be on LIVE. */
public enum RootKind {
    /** UPPER differs from LOWER: an overlay is mounted on LIVE. */
    OVERLAY,
    /** UPPER is LOWER and not LIVE: that directory is bound on LIVE. */
    BIND,
    /** LIVE is LOWER (1.6.4: and UPPER too): nothing is mounted, PREMOUNT is not run. */
    PREMOUNTED
}
