package overlayd.trial;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.kernel.KernelException;
import overlayd.upper.Change;

/** Changes that are about to be done, one line each, on the disk before each is done. */
final class TrialLog implements AutoCloseable {
    private final FileChannel log;

    /** A new one. */
    TrialLog(Path file) throws IOException {
        log = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    void write(Change change) throws KernelException {
        String line = change.kind() + " " + (change.directory() ? "d" : "f") + " " + String.join(";", change.details()).replace('\n', ' ') + "\t"
                + change.path().replace("\\", "\\\\").replace("\n", "\\n") + "\n";
        try {
            log.write(ByteBuffer.wrap(ByteText.encode(line)));
            log.force(false);
        } catch (IOException failed) {
            throw TrialGround.io("write journal of", change.path(), failed);
        }
    }

    /** What a log tells; a last line without an end was not written wholly, and not done. */
    static List<Change> read(Path file) throws IOException {
        List<Change> done = new ArrayList<>();
        String log = ByteText.decode(Files.readAllBytes(file));
        for (String line : log.substring(0, log.lastIndexOf('\n') + 1).split("\n")) {
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

    @Override
    public void close() throws IOException {
        log.close();
    }
}
