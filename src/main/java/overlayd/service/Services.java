package overlayd.service;

import java.util.List;
import overlayd.enter.Logins;
import overlayd.group.TrialVisit;
import overlayd.report.Sources;
import overlayd.subject.Autostart;
import overlayd.varlink.GroupHandlers;
import overlayd.varlink.LayerHandlers;
import overlayd.varlink.NetworkHandlers;
import overlayd.varlink.Service;
import overlayd.varlink.SubhostHandlers;
import overlayd.varlink.TrialHandlers;

/** The typed interfaces, made once: the room's door. Handlers run on the connections' threads. */
public final class Services {
    private Services() {
    }

    /** What the varlink server serves to programs. */
    public static List<Service> of(Sources sources) {
        WireSubjects subjects = new WireSubjects(sources.door(), sources.locator());
        WireStreams streams = new WireStreams(sources.door(), sources.kernel(), new Logins(sources.kernel()), sources.reading());
        return List.of(SubhostHandlers.service(new SubhostService(sources.door(), new SubhostService.Needs(subjects, sources.rows(), sources.linter(),
                        streams, sources.descriptions())), new LiveService(sources::live, sources.door(), subjects),
                        new FileService(sources.kernel(), sources.door(), subjects, sources.audits()),
                        new SiteService(sources.door(), sources.places(), sources.removal(), subjects)),
                GroupHandlers.service(new GroupService(sources.door(), sources.locator(), new Autostart(Sources.LISTED, sources.locator()), subjects)),
                TrialHandlers.service(new TrialService(sources.kernel(), sources.trials(), new VisitService(sources.door(), sources.locator(), new TrialVisit(sources.kernel(),
                        sources.trials(), sources.door()), streams))),
                NetworkHandlers.service(new NetworkService(sources::networks)),
                LayerHandlers.service(new LayerService(sources.locator(), sources.checkpoints(), sources.drifts())));
    }
}
