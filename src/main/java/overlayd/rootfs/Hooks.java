package overlayd.rootfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.FileIdentity;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.RunningProgram;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.Workplace;
import overlayd.plan.MountStep;

/**
 * Starts PREMOUNT and POSTMOUNT commands: in the mount namespace of the worker's job, with the host's root and the host's network.
 * A hook may take as long as HOOK_TIMEOUT says and there are few workers, so the job ends (its namespaces kept by descriptor) and
 * the hook is awaited on the boot's own thread.
 */
public final class Hooks {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Kernel kernel;

    public Hooks(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Starts the command from inside a job, which is to be given up when this fails. ENOENT, EACCES: no such program. */
    public RunningHook start(MountStep.RunHook step, Workplace workplace) throws KernelException {
        String program = program(step);
        try (Pipes.Pipe output = kernel.pipes().pipe(); Fd net = workplace.netnsFd()) {
            SpawnRequest request = SpawnRequest.of(program).withArguments(step.command())
                    .withEnvironment(environment(step.environment())).withDirectory(ByteText.of(step.directory()))
                    .withDescriptor(1, output.writeEnd()).withDescriptor(2, output.writeEnd());
            // Before the child is there: whatever is refused afterwards, it has to be ended.
            Fd read = kernel.pipes().duplicate(output.readEnd());
            RunningHook hook = null;
            try {
                workplace.returnToHostNet();
                hook = new RunningHook(step, new RunningProgram(kernel, workplace.spawn(request), read));
                workplace.enterNet(net);
                return hook;
            } catch (KernelException refused) {
                if (hook == null) {
                    read.close();
                } else {
                    hook.close();
                }
                throw refused;
            }
        }
    }

    private static List<String> environment(Map<String, String> variables) {
        List<String> strings = new ArrayList<>();
        variables.forEach((name, value) -> strings.add(name + "=" + value));
        return strings;
    }

    /** The executable: a path is taken from the hook's directory on, a bare name is looked for on its PATH. */
    private String program(MountStep.RunHook step) throws KernelException {
        String name = step.command().get(0);
        if (name.contains("/")) {
            return ByteText.of(step.directory().resolve(ByteText.path(name)));
        }
        for (String directory : step.environment().getOrDefault("PATH", DEFAULT_PATH).split(":")) {
            String candidate = ByteText.of(Path.of(directory).resolve(ByteText.path(name)));
            if (candidate.startsWith("/") && executable(candidate)) {
                return candidate;
            }
        }
        throw new KernelException("run " + step.key(), name, Errno.ENOENT, "no such program on PATH");
    }

    private boolean executable(String path) {
        try {
            FileIdentity found = kernel.files().target(path);
            return found.kind() == Kind.REGULAR && (found.permissions() & 0111) != 0;
        } catch (KernelException absent) {
            return false;
        }
    }
}
