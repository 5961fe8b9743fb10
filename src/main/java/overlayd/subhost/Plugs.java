package overlayd.subhost;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Events;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.LinkNotices;
import overlayd.kernel.Links;

/**
 * Notices, by the kernel's own notices, that a cable of a running subhost or the bridge it is plugged into is deleted, or is there again, and says
 * so in its state. Which of both it is, it sees by looking: notices tell only when. Thread-safe.
 */
final class Plugs {
    private static final Logger LOG = LoggerFactory.getLogger(Plugs.class);
    private static final Pattern BRIDGE_GONE = Pattern.compile("bridge (\\S+) is gone");

    private final Kernel kernel;
    private final Executor executor;
    private final List<Plug> plugs = new ArrayList<>();
    private Optional<Ear> goings = Optional.empty();
    /** Only while something is missing: every change of every interface is told. */
    private Optional<Ear> comings = Optional.empty();

    /** @param executor where is looked, which takes a moment */
    Plugs(Kernel kernel, Executor executor) {
        this.kernel = kernel;
        this.executor = executor;
    }

    /** A host end, and the bridge it was plugged into. */
    private record Plug(Subhost subhost, String hostEnd, Optional<String> bridge) {
        String cableGone() {
            return "cable " + hostEnd + " is gone";
        }

        static String bridgeGone(String bridge) {
            return "bridge " + bridge + " is gone";
        }
    }

    /** A socket that is listened to. */
    private record Ear(LinkNotices notices, Events.Registration registration) {
        void close() {
            registration.cancel();
            notices.close();
        }
    }

    /** Watches the cables of {@code subhost}, which runs, and says of those that are missing already. */
    synchronized void watch(Subhost subhost) {
        plugs.removeIf(plug -> plug.subhost() == subhost);
        Collection<String> hostEnds = subhost.record().onHost().hostEnds();
        if (hostEnds.isEmpty()) {
            return;
        }
        try {
            if (goings.isEmpty()) {
                goings = Optional.of(listen(LinkNotices.Kind.GONE)); // before it is looked: what goes in between is noticed
            }
            Optional<String> former = Optional.of(BRIDGE_GONE.matcher(subhost.record().reason())).filter(Matcher::find).map(found -> found.group(1));
            Seen seen = look(hostEnds, former);
            List<Plug> own = hostEnds.stream().map(hostEnd -> new Plug(subhost, hostEnd, seen.bridgeOf(hostEnd).or(() -> former))).toList();
            plugs.addAll(own);
            if (say(own, seen, Set.of())) {
                settle(Set.of());
            }
        } catch (KernelException unreadable) {
            LOG.warn("{}: {}; the end of its cables and bridges would not be noticed; ignoring", subhost.name(), unreadable.getMessage());
        }
    }

    private Ear listen(LinkNotices.Kind kind) throws KernelException {
        LinkNotices notices = kernel.openLinkNotices(kind);
        try {
            return new Ear(notices, kernel.events().watch(notices.fd(), Set.of(Events.Interest.READABLE), Events.Repeat.ALWAYS, event -> {
                Optional<Set<String>> names = notices.take();
                executor.execute(() -> heard(names));
            }));
        } catch (KernelException refused) {
            notices.close();
            throw refused;
        }
    }

    /** @param names empty: any */
    private synchronized void heard(Optional<Set<String>> names) {
        plugs.removeIf(plug -> !plug.subhost().isUp());
        if (plugs.isEmpty()) {
            silence();
        } else if (names.isEmpty() || plugs.stream().anyMatch(plug -> concerns(plug, names.get()))) {
            try {
                settle(names.orElse(Set.of()));
            } catch (KernelException unreadable) {
                LOG.warn("{}; whether cables or bridges are gone is not known; ignoring", unreadable.getMessage());
            }
        }
    }

    private static boolean concerns(Plug plug, Set<String> names) {
        return names.contains(plug.hostEnd()) || plug.bridge().filter(names::contains).isPresent();
    }

    private void silence() {
        goings.ifPresent(Ear::close);
        comings.ifPresent(Ear::close);
        goings = Optional.empty();
        comings = Optional.empty();
    }

    /** The host's links at one moment. */
    private record Seen(Map<String, Link> links) {
        Optional<String> bridgeOf(String hostEnd) {
            Link end = links.get(hostEnd);
            return end == null || end.master().isEmpty() ? Optional.empty()
                    : links.values().stream().filter(link -> link.index() == end.master().getAsInt()).map(Link::name).findFirst();
        }
    }

    /** These host ends, the bridges they are plugged into, and one more: a host with 500 subhosts has 1000 links. */
    private Seen look(Collection<String> hostEnds, Optional<String> bridge) throws KernelException {
        try (Links links = kernel.openLinks()) {
            Map<String, Link> some = new HashMap<>();
            List<Link> ends = links.find(hostEnds);
            ends.forEach(end -> some.put(end.name(), end));
            links.find(bridge.stream().toList()).forEach(found -> some.put(found.name(), found));
            for (int index : ends.stream().flatMapToInt(end -> end.master().stream()).distinct().toArray()) {
                links.at(index).ifPresent(found -> some.put(found.name(), found));
            }
            return new Seen(some);
        }
    }

    private Seen look() throws KernelException {
        try (Links links = kernel.openLinks()) {
            Map<String, Link> all = new HashMap<>();
            links.list().forEach(link -> all.put(link.name(), link));
            return new Seen(all);
        }
    }

    /** Looks at everything. @param went names that were told of as gone; one that is there is another of that name */
    private void settle(Set<String> went) throws KernelException {
        boolean missing = say(plugs, look(), went);
        if (missing && comings.isEmpty()) {
            comings = Optional.of(listen(LinkNotices.Kind.CHANGED));
            missing = say(plugs, look(), went); // what came in between was not told
        }
        if (!missing) {
            comings.ifPresent(Ear::close);
            comings = Optional.empty();
        }
    }

    /** @return whether something is missing */
    private boolean say(List<Plug> some, Seen seen, Set<String> went) {
        boolean missing = false;
        for (Plug plug : some) {
            missing |= tell(plug.subhost(), plug.cableGone(), seen.links().containsKey(plug.hostEnd()));
        }
        for (Map.Entry<Subhost, List<Plug>> one : some.stream().collect(Collectors.groupingBy(Plug::subhost)).entrySet()) {
            for (String bridge : one.getValue().stream().flatMap(plug -> plug.bridge().stream()).distinct().toList()) {
                missing |= tell(one.getKey(), Plug.bridgeGone(bridge), bridgeServes(one.getKey(), bridge, seen, went));
            }
        }
        return missing;
    }

    /** A bridge that was made anew is back when all cables that are left are in it; one that nobody has deleted is there even if a cable was pulled out. */
    private boolean bridgeServes(Subhost subhost, String bridge, Seen seen, Set<String> went) {
        if (!seen.links().containsKey(bridge)) {
            return false;
        }
        boolean pluggedIn = plugs.stream().filter(plug -> plug.subhost() == subhost && plug.bridge().filter(bridge::equals).isPresent())
                .filter(plug -> seen.links().containsKey(plug.hostEnd())).allMatch(plug -> seen.bridgeOf(plug.hostEnd()).filter(bridge::equals).isPresent());
        return pluggedIn || !went.contains(bridge) && !subhost.record().reason().contains(Plug.bridgeGone(bridge));
    }

    /** @return whether it is missing */
    private static boolean tell(Subhost subhost, String reason, boolean there) {
        if (there && subhost.mend(reason)) {
            LOG.info("{}: no longer so: {}", subhost.name(), reason);
        } else if (!there && subhost.degrade(reason)) {
            LOG.warn("{}: {}", subhost.name(), reason);
        }
        return !there && subhost.isUp();
    }
}
