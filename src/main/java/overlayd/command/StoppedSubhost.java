package overlayd.command;

import java.util.Optional;
import overlayd.config.SubhostConfig;
import overlayd.subject.Locator;

/** A subhost that a command works on while it does not run. */
record StoppedSubhost(String name, Optional<SubhostConfig> config) {

    /** Finds it, or says why not: then the exit code is in {@code code}. */
    static Found find(Locator locator, String command, String reference, Invocation invocation) {
        Optional<Locator.Named> named = invocation.known(locator, command, reference);
        if (named.isEmpty()) {
            return new Found(Optional.empty(), ExitCode.UNKNOWN);
        }
        boolean runs = named.get().subhost().filter(subhost -> subhost.state().isLive()).isPresent();
        StoppedSubhost found = new StoppedSubhost(named.get().name(), named.get().file().flatMap(Locator::read));
        return new Found(Optional.of(found), runs ? ExitCode.EXISTS : ExitCode.OK);
    }

    /**
     * What was found.
     *
     * @param code OK; EXISTS: it runs; UNKNOWN: there is none, which was said
     */
    record Found(Optional<StoppedSubhost> subhost, ExitCode code) {
    }
}
