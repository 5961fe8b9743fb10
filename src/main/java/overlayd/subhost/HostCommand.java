package overlayd.subhost;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.kernel.Child;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.Pipes;
import overlayd.kernel.Signal;
import overlayd.kernel.SpawnRequest;

/**
 * A program of the configuration that is run on the host for what it prints. Its output goes to memory files, so that nobody has to
 * read along; what it says on standard error is part of the message when it fails.
 */
final class HostCommand {
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int OUTPUT_LIMIT = 1 << 20;
    private static final int LAST_CHARACTERS = 400;

    private final Kernel kernel;
    private final Ours ours;

    HostCommand(Kernel kernel, Ours ours) {
        this.kernel = kernel;
        this.ours = ours;
    }

    /**
     * What lets a program ask this daemon.
     *
     * @param helpers directory of our own helper programs, first in PATH
     * @param runtime directory of the daemon's socket
     */
    record Ours(Path helpers, Path runtime) {
    }

    /** What to run. {@code action}, {@code key}: ACTION and KEY in its environment, empty for none. */
    record Request(String what, List<String> argv, Path config, Path directory, String action, String key, Duration bound) {
        /** One that computes no key's value. */
        Request(String what, List<String> argv, Path config, Path directory, String action, Duration bound) {
            this(what, argv, config, directory, action, "", bound);
        }
    }

    /**
     * Runs it to its end.
     *
     * @return what it printed on standard output
     * @throws KernelException it could not be started, failed, or took longer than the bound and was killed with its process group
     */
    String run(Request request) throws KernelException {
        return run(request, Optional.empty(), Optional.empty());
    }

    /** As {@link #run(Request)}, for a boot of {@code subhost}: one that is told to give up does not wait for it. */
    String run(Request request, Subhost subhost) throws KernelException {
        return run(request, Optional.empty(), Optional.of(subhost));
    }

    /** As {@link #run(Request)}, in the mount namespace {@code mounts} with the host's root and network. */
    String run(Request request, Optional<Fd> mounts) throws KernelException {
        return run(request, mounts, Optional.empty());
    }

    private String run(Request request, Optional<Fd> mounts, Optional<Subhost> boot) throws KernelException {
        try (Fd out = kernel.pipes().memoryFile("stdout", new byte[0], Pipes.Sealing.OPEN);
                Fd err = kernel.pipes().memoryFile("stderr", new byte[0], Pipes.Sealing.OPEN)) {
            String path = ours.helpers() + ":" + PATH;
            List<String> environment = new ArrayList<>(List.of("PATH=" + path, "LC_ALL=C.UTF-8", "CONFIG=" + ByteText.of(request.config()),
                    "OVERLAYD_RUNTIME_DIR=" + ByteText.of(ours.runtime())));
            if (!request.action().isEmpty()) {
                environment.add("ACTION=" + request.action());
            }
            if (!request.key().isEmpty()) {
                environment.add("KEY=" + request.key());
            }
            SpawnRequest spawn = SpawnRequest.of(PrivateMounts.in(kernel, mounts, place -> program(request, path))).withArguments(request.argv()).withEnvironment(environment)
                    .withDirectory(ByteText.of(request.directory())).withDescriptor(1, out).withDescriptor(2, err);
            try (Child child = PrivateMounts.in(kernel, mounts, place -> place == null ? kernel.spawn().spawn(spawn) : place.spawn(spawn))) {
                if (boot.isPresent()) {
                    boot.get().during(() -> kernel.processes().signalGroup(child, Signal.KILL), () -> await(request, child, err));
                } else {
                    await(request, child, err);
                }
            }
            return text(out);
        }
    }

    private void await(Request request, Child child, Fd err) throws KernelException {
        Optional<ExitStatus> status = child.pidfd().await(request.bound().isZero() ? Deadline.NEVER : Deadline.after(request.bound()));
        if (status.isEmpty()) {
            kernel.processes().signalGroup(child, Signal.KILL);
            child.pidfd().await(Deadline.afterMillis(5000));
            throw failed(request, Errno.ETIMEDOUT, "did not end within " + request.bound().toSeconds() + " s and was killed", err);
        }
        if (!status.get().success()) {
            throw failed(request, Errno.UNKNOWN, Endings.describe(status.get()), err);
        }
    }

    private KernelException failed(Request request, Errno errno, String how, Fd err) throws KernelException {
        String said = text(err).strip();
        String last = said.length() > LAST_CHARACTERS ? "..." + said.substring(said.length() - LAST_CHARACTERS) : said;
        return new KernelException("run " + request.what(), String.join(" ", request.argv()), errno,
                last.isEmpty() ? how : how + ", it said: " + last.replaceAll("\\R", " | "));
    }

    /** A path is taken from the directory on; a bare name is looked for on PATH. */
    private static String program(Request request, String path) throws KernelException {
        String name = request.argv().get(0);
        if (name.contains("/")) {
            return ByteText.of(request.directory().resolve(ByteText.path(name)));
        }
        for (String directory : path.split(":")) {
            Path candidate = Path.of(directory).resolve(ByteText.path(name));
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return ByteText.of(candidate);
            }
        }
        throw new KernelException("run " + request.what(), name, Errno.ENOENT, "no such program on PATH");
    }

    /** From the beginning: the child's writes have moved the offset it shares with us. */
    private String text(Fd memoryFile) throws KernelException {
        return ByteText.decode(kernel.pipes().contents(memoryFile, OUTPUT_LIMIT));
    }
}
