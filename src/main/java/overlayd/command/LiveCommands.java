package overlayd.command;

import java.util.List;
import java.util.function.Supplier;
import overlayd.report.Descriptions;
import overlayd.subhost.Live;
import overlayd.subject.Locator;

/** The commands that look at running subhosts, and change them. */
final class LiveCommands {
    private LiveCommands() {
    }

    static List<Command> all(Supplier<Live> live, Locator locator, Descriptions descriptions) {
        return List.of(new StatusCommand(descriptions, locator), new TopCommand(live, locator), new SetCommand(live, locator), new WaitCommand(live, locator), new EventsCommand(live, locator), PauseCommand.pause(live, locator),
                PauseCommand.resume(live, locator));
    }
}
