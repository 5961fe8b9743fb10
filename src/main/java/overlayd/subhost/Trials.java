package overlayd.subhost;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.upper.Below;
import overlayd.upper.Carrying;
import overlayd.upper.Change;
import overlayd.upper.Diff;

/**
 * Trials: what a command has changed on a throw-away overlay of the host's root, kept in the state directory until it is applied or
 * dropped. Any host thread; of two calls for one trial the second finds what the first has made of it.
 */
public final class Trials {
    private static final Path HOST = Path.of("/");
    private static final String LOG = "log";

    private final Kernel kernel;
    private final Path directory;

    /** @param directory where trials are kept */
    public Trials(Kernel kernel, Path directory) {
        this.kernel = kernel;
        this.directory = directory;
    }

    /** Where a trial is in its life. */
    public enum State { RUNNING, KEPT, APPLYING, APPLIED }

    /**
     * One trial.
     *
     * @param begun ctime of its upperdir when it was new, nanoseconds: what changed on the host since then is in conflict
     * @param applied ctime on the host's disk when it had been applied; 0 before
     */
    public record Trial(int id, String command, State state, long begun, long applied) {
        Trial with(State other, long at) {
            return new Trial(id, command, other, begun, at);
        }
    }

    /** What a request has come to: nothing was done where {@code inTheWay} has lines. */
    public record Outcome(List<Change> changes, List<String> inTheWay) {
    }

    Path place(int id) {
        return directory.resolve(Integer.toString(id));
    }

    /** A new trial of {@code command}. */
    Trial begin(String command) throws KernelException {
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (int id = 1; ; id++) {
                try {
                    Files.createDirectory(place(id), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                } catch (FileAlreadyExistsException taken) {
                    continue;
                }
                for (String name : List.of("upper", "work", "live", "kept")) {
                    Files.createDirectory(place(id).resolve(name));
                }
                try (Fd upper = open(id, "upper"); Fd host = kernel.files().openPath("/")) {
                    kernel.copies().copyMetadata(host, "", upper, "");
                    Trial trial = new Trial(id, command, State.RUNNING, kernel.copies().detail(upper, "").changed(), 0);
                    write(trial);
                    return trial;
                }
            }
        } catch (IOException failed) {
            throw new KernelException("make trial in", directory, Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    /** Every trial, by number. */
    public List<Trial> list() {
        try (Stream<Path> places = Files.list(directory)) {
            return places.map(place -> place.getFileName().toString()).filter(name -> name.matches("[0-9]{1,9}")).map(Integer::valueOf)
                    .map(this::find).flatMap(Optional::stream).sorted(Comparator.comparing(Trial::id)).toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    /** The trial of that number. */
    public Optional<Trial> find(int id) {
        Properties about = new Properties();
        try (var reader = Files.newBufferedReader(place(id).resolve("about"))) {
            about.load(reader);
            return Optional.of(new Trial(id, about.getProperty("command"), State.valueOf(about.getProperty("state")),
                    Long.parseLong(about.getProperty("begun")), Long.parseLong(about.getProperty("applied"))));
        } catch (IOException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private void write(Trial trial) throws IOException {
        Properties about = new Properties();
        about.setProperty("command", trial.command());
        about.setProperty("state", trial.state().name());
        about.setProperty("begun", Long.toString(trial.begun()));
        about.setProperty("applied", Long.toString(trial.applied()));
        Path made = place(trial.id()).resolve("about.new");
        try (var writer = Files.newBufferedWriter(made)) {
            about.store(writer, null);
        }
        try (FileChannel file = FileChannel.open(made, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(made, place(trial.id()).resolve("about"), java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** The command has ended: its changes wait. */
    void ended(Trial trial) throws KernelException {
        become(trial.with(State.KEPT, 0));
    }

    private void become(Trial trial) throws KernelException {
        try {
            write(trial);
        } catch (IOException failed) {
            throw new KernelException("write state of trial", trial.id(), Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    /** When its state was written, by the clock of the disk. */
    private long stamp(Trial trial) throws KernelException {
        try (Fd place = kernel.files().openPath(ByteText.of(place(trial.id())))) {
            return kernel.copies().detail(place, "about").changed();
        }
    }

    private Fd open(int id, String name) throws KernelException {
        return kernel.files().openPath(ByteText.of(place(id).resolve(name)));
    }

    /** What it would change of the host as that is now. */
    public List<Change> diff(Trial trial) throws RefusedException {
        try (Fd upper = open(trial.id(), "upper"); Fd host = kernel.files().openPath(ByteText.of(HOST))) {
            return Diff.of(kernel.files(), kernel.copies(), upper, new Below(kernel.files(), kernel.copies(), List.of(host)));
        } catch (KernelException failed) {
            throw Uppers.step("read trial", Integer.toString(trial.id()), failed);
        }
    }

    /** Carries its changes over to the host. @throws RefusedException BUSY: it is not in the state for that; STEP: broken off, undo takes back */
    public synchronized Outcome apply(Trial trial) throws RefusedException {
        require(trial, State.KEPT);
        List<Change> changes = diff(trial);
        try (Fd upper = open(trial.id(), "upper"); Fd host = kernel.files().openPath("/"); Fd kept = open(trial.id(), "kept")) {
            Carrying carrying = new Carrying(kernel.files(), kernel.copies(), new Carrying.Places(upper, host, kept));
            List<String> conflicts = carrying.conflicts(changes, trial.begun());
            if (!conflicts.isEmpty()) {
                return new Outcome(changes, conflicts);
            }
            become(trial.with(State.APPLYING, 0));
            try (FileChannel log = FileChannel.open(place(trial.id()).resolve(LOG), StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                carrying.apply(changes, (number, change) -> journal(log, change));
            }
            Trial done = trial.with(State.APPLIED, Long.MAX_VALUE);
            become(done);
            // What is later than this is somebody else's doing.
            become(trial.with(State.APPLIED, stamp(trial)));
            return new Outcome(changes, List.of());
        } catch (KernelException | IOException failed) {
            throw broken("apply", trial, failed);
        }
    }

    private static void journal(FileChannel log, Change change) throws KernelException {
        String line = change.kind() + " " + (change.directory() ? "d" : "f") + " " + String.join(";", change.details()).replace('\n', ' ') + "\t"
                + change.path().replace("\\", "\\\\").replace("\n", "\\n") + "\n";
        try {
            log.write(ByteBuffer.wrap(ByteText.encode(line)));
            log.force(false);
        } catch (IOException failed) {
            throw new KernelException("write journal of", change.path(), Errno.EIO, String.valueOf(failed.getMessage()));
        }
    }

    private List<Change> done(Trial trial) throws IOException {
        List<Change> done = new ArrayList<>();
        String log = ByteText.decode(Files.readAllBytes(place(trial.id()).resolve(LOG)));
        for (String line : log.split("\n")) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                String[] head = line.substring(0, tab).split(" ", 3);
                String path = line.substring(tab + 1).replaceAll("(?<!\\\\)((?:\\\\\\\\)*)\\\\n", "$1\n").replace("\\\\", "\\");
                done.add(new Change(Change.Kind.valueOf(head[0]), path, head[1].equals("d"),
                        head.length < 3 || head[2].isEmpty() ? List.of() : List.of(head[2].split(";"))));
            }
        }
        return done;
    }

    /** Takes back what was applied, or as much of it as was when it broke off. */
    public synchronized Outcome undo(Trial trial) throws RefusedException {
        require(trial, State.APPLIED, State.APPLYING);
        try (Fd upper = open(trial.id(), "upper"); Fd host = kernel.files().openPath("/"); Fd kept = open(trial.id(), "kept")) {
            List<Change> done = done(trial);
            Carrying carrying = new Carrying(kernel.files(), kernel.copies(), new Carrying.Places(upper, host, kept));
            List<String> changed = trial.state() == State.APPLIED ? carrying.changedAfter(done, trial.applied()) : List.of();
            if (!changed.isEmpty()) {
                return new Outcome(done, changed);
            }
            carrying.undo(done);
            become(trial.with(State.KEPT, 0));
            Trees.remove(place(trial.id()).resolve("kept"));
            Files.createDirectory(place(trial.id()).resolve("kept"));
            // Its own undoing is no change of somebody else's.
            become(new Trial(trial.id(), trial.command(), State.KEPT, stamp(trial) + 1, 0));
            return new Outcome(done, List.of());
        } catch (KernelException | IOException failed) {
            throw broken("undo", trial, failed);
        }
    }

    /** Forgets it; what was applied stays. */
    public synchronized void drop(Trial trial) throws RefusedException {
        require(trial, State.KEPT, State.APPLIED, State.RUNNING);
        try {
            Trees.remove(place(trial.id()));
        } catch (IOException failed) {
            throw broken("drop", trial, failed);
        }
    }

    private static void require(Trial trial, State... states) throws RefusedException {
        if (!List.of(states).contains(trial.state())) {
            throw new RefusedException(RefusedException.Kind.BUSY, "trial " + trial.id() + " is " + trial.state().name().toLowerCase(java.util.Locale.ROOT)
                    + (trial.state() == State.APPLYING ? ": it broke off; overlay try undo " + trial.id() + " takes it back" : ""));
        }
    }

    private static RefusedException broken(String what, Trial trial, Exception failed) {
        Errno errno = failed instanceof KernelException kernel ? kernel.errno() : Errno.EIO;
        return Uppers.step(what + " trial", Integer.toString(trial.id()), new KernelException(what, trial.id(), errno, String.valueOf(failed.getMessage())));
    }
}
