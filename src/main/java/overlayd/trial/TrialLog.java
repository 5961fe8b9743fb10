package overlayd.trial;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import overlayd.config.ByteText;
import overlayd.kernel.KernelException;
import overlayd.upper.Change;

/** Changes that are about to be done, one line each, on the disk before each is done. {@link ChangeFile} reads it. */
final class TrialLog implements AutoCloseable {
    private final FileChannel log;

    /** A new one in place of the one before, which whoever has opened it goes on reading. */
    TrialLog(Path file) throws IOException {
        Files.deleteIfExists(file);
        log = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void write(Change change) throws KernelException {
        try {
            log.write(ByteBuffer.wrap(ByteText.encode(ChangeText.of(change) + "\n")));
            log.force(false);
        } catch (IOException failed) {
            throw TrialGround.io("write journal of", change.path(), failed);
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
