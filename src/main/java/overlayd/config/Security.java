package overlayd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * How a subhost is asked to be confined: PROFILE, and what the other keys change of it.
 *
 * @param profile    where it starts from
 * @param added      CAPS, with a plus
 * @param taken      CAPS, with a minus
 * @param filter     whether there is a system call filter
 * @param allowed    system calls that SECCOMP takes out of it
 * @param denied     system calls that SECCOMP puts into it
 * @param nesting    whether user namespaces may be made inside
 * @param devices    device nodes of the host, absolute paths below /dev
 * @param hidden     HIDE, absolute paths in the subhost
 * @param secrets    HIDE=secrets
 * @param userns     USERNS
 */
public record Security(Profile profile, Set<Capability> added, Set<Capability> taken, Filter filter, Set<String> allowed,
        Set<String> denied, Nesting nesting, List<Path> devices, List<Path> hidden, Secrets secrets, Userns userns) {
    /** The two starting points. */
    public enum Profile { DEFAULT, COMPAT }

    /** Whether system calls are filtered. */
    public enum Filter { ON, OFF }

    /** Whether user namespaces may be made inside. */
    public enum Nesting { ALLOWED, DENIED }

    /** Whether the host's secrets in LOWER are hidden. */
    public enum Secrets { SHOWN, HIDDEN }

    /** A file that says nothing of it. */
    public static final Security DEFAULT = new Security(Profile.DEFAULT, Set.of(), Set.of(), Filter.ON, Set.of(), Set.of(),
            Nesting.DENIED, List.of(), List.of(), Secrets.SHOWN, Userns.NONE);

    public Security {
        added = Set.copyOf(added);
        taken = Set.copyOf(taken);
        allowed = Set.copyOf(allowed);
        denied = Set.copyOf(denied);
        devices = List.copyOf(devices);
        hidden = List.copyOf(hidden);
    }

    /** The same with other ids. */
    public Security with(Userns other) {
        return new Security(profile, added, taken, filter, allowed, denied, nesting, devices, hidden, secrets, other);
    }
}
