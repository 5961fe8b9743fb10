package overlayd.trial;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import overlayd.config.ByteText;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.upper.Removal;

/**
 * The directories of trials, by number, and the file in each that tells what it is and where in its life. A directory without that file is what is
 * left of a beginning or a dropping that was cut off, and goes when its number is needed. One that runs by its file, but was not made here, was made
 * by a daemon that has ended since. Any thread; whoever makes one holds this object's lock until he has written it down.
 */
final class TrialBook {
    private static final String ABOUT = "about";

    private final Kernel kernel;
    private final Path directory;
    private final Set<Integer> made = ConcurrentHashMap.newKeySet();

    TrialBook(Kernel kernel, Path directory) {
        this.kernel = kernel;
        this.directory = directory;
    }

    Path place(int id) {
        return directory.resolve(Integer.toString(id));
    }

    /** Makes a directory for one, with those that it needs in it. @return its number */
    synchronized int make() throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (int id = 1; ; id++) {
            if (Files.exists(place(id).resolve(ABOUT), LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            Removal.remove(place(id));
            Files.createDirectory(place(id), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (String name : List.of("upper", "work", "live", "kept")) {
                Files.createDirectory(place(id).resolve(name));
            }
            made.add(id);
            return id;
        }
    }

    /** Forgets it; from the first moment on nothing can be done with it any more. */
    synchronized void remove(int id) throws IOException {
        Files.deleteIfExists(place(id).resolve(ABOUT));
        Removal.remove(place(id));
    }

    /** An empty directory of that name in its own. */
    void renew(int id, String name) throws IOException {
        Removal.remove(place(id).resolve(name));
        Files.createDirectory(place(id).resolve(name));
    }

    Fd open(int id, String name) throws KernelException {
        return kernel.files().openPath(ByteText.of(place(id).resolve(name)));
    }

    /** Every trial, by number. */
    List<Trials.Trial> list() {
        try (Stream<Path> places = Files.list(directory)) {
            return places.map(place -> place.getFileName().toString()).filter(name -> name.matches("[0-9]{1,9}")).map(Integer::valueOf)
                    .map(this::find).flatMap(Optional::stream).sorted(Comparator.comparing(Trials.Trial::id)).toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    Optional<Trials.Trial> find(int id) {
        Properties about = new Properties();
        try (var reader = Files.newBufferedReader(place(id).resolve(ABOUT))) {
            about.load(reader);
            Trials.Subject subject = new Trials.Subject(about.getProperty("name", ""), about.getProperty("file", ""),
                    Long.parseLong(about.getProperty("inode", "0")));
            Trials.State state = Trials.State.valueOf(about.getProperty("state"));
            return Optional.of(new Trials.Trial(id, about.getProperty("command"), subject,
                    state == Trials.State.RUNNING && !made.contains(id) ? Trials.State.INTERRUPTED : state, Long.parseLong(about.getProperty("begun")), Long.parseLong(about.getProperty("applied"))));
        } catch (IOException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Writes it down, whole or not at all. @return when, by the clock of the disk (st_ctime, nanoseconds) */
    long write(Trials.Trial trial) throws KernelException {
        Properties about = new Properties();
        about.setProperty("command", trial.command());
        about.setProperty("name", trial.subject().name());
        about.setProperty("file", trial.subject().file());
        about.setProperty("inode", Long.toString(trial.subject().inode()));
        about.setProperty("state", trial.state().name());
        about.setProperty("begun", Long.toString(trial.begun()));
        about.setProperty("applied", Long.toString(trial.applied()));
        Path made = place(trial.id()).resolve("about.new");
        try {
            try (var writer = Files.newBufferedWriter(made)) {
                about.store(writer, null);
            }
            try (FileChannel file = FileChannel.open(made, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            Files.move(made, place(trial.id()).resolve(ABOUT), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw TrialGround.io("write state of trial", trial.id(), failed);
        }
        try (Fd place = kernel.files().openPath(ByteText.of(place(trial.id())))) {
            return kernel.copies().detail(place, ABOUT).changed();
        }
    }
}
