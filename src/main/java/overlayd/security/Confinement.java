package overlayd.security;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlayd.config.Capability;
import overlayd.config.IdRange;
import overlayd.config.Security;
import overlayd.kernel.SyscallFilter;

/**
 * What pid 1 of a subhost, and every command entered, is confined to.
 *
 * @param capabilities the bounding set; empty: all that the daemon has
 * @param readOnly paths of the subhost made read-only, absent ones passed over
 * @param writable paths below those made writable again
 * @param masked paths of the subhost that show nothing
 * @param filter system calls that are refused
 * @param ids the host's ids that stand for its own; empty: its own are the host's
 * @param settings what it was made from, as KEY=value; nothing for the default
 */
public record Confinement(Optional<Set<Capability>> capabilities, List<String> readOnly, List<String> writable, List<String> masked,
        Optional<SyscallFilter> filter, Optional<IdRange> ids, List<String> settings) {
    /** Of a subhost that the configuration says nothing about. */
    public static final Confinement DEFAULT = made(Security.DEFAULT);

    public Confinement {
        capabilities = capabilities.map(Set::copyOf);
        readOnly = List.copyOf(readOnly);
        writable = List.copyOf(writable);
        masked = List.copyOf(masked);
        settings = List.copyOf(settings);
    }

    /** What these keys amount to. */
    public static Confinement of(Security security) {
        return security.equals(Security.DEFAULT) ? DEFAULT : made(security);
    }

    private static Confinement made(Security security) {
        boolean compat = security.profile() == Security.Profile.COMPAT;
        Set<Capability> kept = EnumSet.copyOf(compat ? EnumSet.allOf(Capability.class) : Profile.CAPABILITIES);
        if (security.userns().wanted()) {
            kept.add(Capability.NET_ADMIN); // over its own netns only, which belongs to its user namespace (cf. Profile)
        }
        kept.addAll(security.added());
        kept.removeAll(security.taken());
        boolean whole = kept.size() == Capability.values().length;
        List<String> masked = new ArrayList<>(compat ? List.of() : Profile.masked(kept));
        security.hidden().forEach(path -> masked.add(overlayd.config.ByteText.of(path)));
        Optional<SyscallFilter> filter = security.filter() == Security.Filter.ON
                ? Optional.of(Calls.filter(security, kept)) : Optional.empty();
        return new Confinement(whole ? Optional.empty() : Optional.of(kept), compat ? List.of() : Profile.READ_ONLY,
                compat ? List.of() : Profile.WRITABLE, masked, filter, security.userns().range(), Settings.of(security));
    }

    /** The bounding set as a mask of capability numbers, as {@code CapBnd} of proc(5). */
    public Optional<Long> capabilityMask() {
        return capabilities.map(set -> set.stream().mapToLong(Capability::bit).reduce(0, (a, b) -> a | b));
    }

    /** In one line: {@code default profile, CAPS=+sys_time}. */
    public String shown() {
        String profile = settings.contains("PROFILE=compat") ? "" : "default profile";
        String rest = String.join(", ", settings);
        return profile + (profile.isEmpty() || rest.isEmpty() ? "" : ", ") + rest;
    }
}
