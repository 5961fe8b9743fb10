package overlayd.state;

/**
 * What the daemon keeps of one subhost, in its runtime directory: enough to list it, to stop it when its file is gone, and to know it
 * again after a restart. A hint only: pid 1's existence is asked of the kernel. Its parts are apart by what changes together: a change of
 * one leaves the others as they are. What is asked of it everywhere is told by itself, the rest by its part.
 *
 * @param name subhost's name
 * @param bootId /proc/sys/kernel/random/boot_id of the host's boot it belongs to
 * @param asked what its configuration asked for
 * @param root what its root is made of
 * @param onHost what of the host is its
 * @param life where it is, who runs it, how it ended
 * @param upkeep limits, and whether it is booted again
 */
public record SubhostRecord(String name, String bootId, Asked asked, RootDirectories root, OnHost onHost, Life life, Upkeep upkeep) {
    /** A subhost of which nothing is known but its name. */
    public static SubhostRecord unknown(String name, String bootId) {
        return new SubhostRecord(name, bootId, Asked.NOTHING, RootDirectories.NONE, OnHost.NOTHING, Life.NONE, Upkeep.NONE);
    }

    /** A subhost that has not been booted yet. */
    public static SubhostRecord unbooted(String name) {
        return new SubhostRecord(name, "", Asked.NOT_YET, RootDirectories.of("overlay"), OnHost.NOTHING, Life.NONE, Upkeep.NONE);
    }

    /** The same in another state, for that reason. */
    public SubhostRecord with(SubhostState state, String reason) {
        return with(life.in(state, reason));
    }

    /** The same with a pid 1, in the host's view, that started then; see {@link Life}. */
    public SubhostRecord withInit(int pid, long start) {
        return with(life.of(pid, start));
    }

    /** The same, RUNNING since {@code at} in seconds since the epoch; {@code degraded} says why not as it should, or is empty. */
    public SubhostRecord ready(long at, String degraded) {
        return with(life.ready(at, degraded));
    }

    /** The same without a pid 1; {@code how} it ended, in {@link Life#exit}'s words. */
    public SubhostRecord ended(SubhostState state, String reason, String how) {
        return with(life.ended(state, reason, how));
    }

    /** The same, with which something more is shared for writing. */
    public SubhostRecord writing(String path) {
        return new SubhostRecord(name, bootId, asked, root, onHost.writing(path), life, upkeep);
    }

    public SubhostRecord with(Upkeep other) {
        return new SubhostRecord(name, bootId, asked, root, onHost, life, other);
    }

    private SubhostRecord with(Life other) {
        return new SubhostRecord(name, bootId, asked, root, onHost, other, upkeep);
    }

    /** Its configuration file; see {@link Asked}. */
    public String file() {
        return asked.file();
    }

    public SubhostState state() {
        return life.state();
    }

    /** Why it failed or is degraded; empty otherwise. */
    public String reason() {
        return life.reason();
    }

    /** Host's view of pid 1; 0 when there is none. */
    public int initPid() {
        return life.initPid();
    }
}
