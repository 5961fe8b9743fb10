package overlayd.subhost;

import java.util.List;
import java.util.Optional;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

/** How the start of each service of START went, by what the record says of those that did not; before it is ready nothing is known. */
final class ServiceStarts {
    private ServiceStarts() {
    }

    static List<Live.ServiceStart> of(SubhostRecord subhost) {
        boolean up = subhost.state() == SubhostState.RUNNING || subhost.state() == SubhostState.PAUSED;
        return up ? subhost.asked().services().stream().map(service -> of(service, subhost.reason())).toList() : List.of();
    }

    private static Live.ServiceStart of(String service, String reason) {
        Optional<ServiceEnd> failed = ServiceEnd.ofStartIn(reason, service);
        return new Live.ServiceStart(service, failed.isPresent() ? Live.Begun.FAILED : Live.Begun.STARTED, failed.map(ServiceEnd::status).orElse(0));
    }
}
