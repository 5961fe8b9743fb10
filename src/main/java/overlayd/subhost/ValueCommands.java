package overlayd.subhost;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import overlayd.config.CommandRunner;
import overlayd.config.ValueCommand;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/** Runs the {@code !commands} of a configuration at the beginning of a boot: NAME's and LOG's on the host, the others in its mounts. */
final class ValueCommands implements CommandRunner {
    /** What the command is told it was started for. */
    private static final String ACTION = "overlay-boot";

    private final HostCommand commands;
    private final PrivateMounts mounts;
    private final Duration bound;

    /** @param bound HOOK_TIMEOUT; zero for none */
    ValueCommands(HostCommand commands, PrivateMounts mounts, Duration bound) {
        this.commands = commands;
        this.mounts = mounts;
        this.bound = bound;
    }

    @Override
    public Output run(ValueCommand command) {
        HostCommand.Request request = new HostCommand.Request(command.key() + "'s command", command.argv(), command.file(),
                command.directory(), ACTION, command.key().name(), bound);
        try {
            Optional<Fd> where = command.place() == ValueCommand.Place.SUBHOST_MOUNTS ? Optional.of(mounts.make()) : Optional.empty();
            List<String> lines = commands.run(request, where).lines().toList();
            return lines.isEmpty() ? new Failed("nothing printed", "let it print the value on its first line") : new FirstLine(lines.get(0));
        } catch (KernelException refused) {
            boolean told = refused.errno() == Errno.UNKNOWN;
            return new Failed(told ? refused.kernelText() : refused.errno().meaning()
                    + (refused.kernelText().isEmpty() ? "" : ": " + refused.kernelText()), "");
        }
    }
}
