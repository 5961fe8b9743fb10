package overlayd.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import overlayd.config.ByteText;

/**
 * A subhost's log and the older ones it was cut into ({@code LOG.1} is the youngest of them). LOG may lie in /tmp: only a regular file
 * is opened, no link is followed.
 */
public final class LogFiles {
    /** More than ever are kept. */
    private static final int MOST_OLD = 20;
    private static final int CHUNK = 1 << 16;

    private LogFiles() {
    }

    /** The files there are, oldest first, the current one last. */
    public static List<Path> of(Path log) {
        List<Path> files = new ArrayList<>();
        for (int i = MOST_OLD; i > 0; i--) {
            Path old = ByteText.path(ByteText.of(log) + "." + i);
            if (Files.isRegularFile(old, LinkOption.NOFOLLOW_LINKS)) {
                files.add(old);
            }
        }
        if (Files.exists(log, LinkOption.NOFOLLOW_LINKS)) {
            files.add(log);
        }
        return files;
    }

    /** Opens one for reading. @throws IOException also when it is a link or no regular file */
    static FileChannel open(Path file) throws IOException {
        PosixFileAttributes what = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!what.isRegularFile()) {
            throw new IOException(ByteText.of(file) + " is no regular file");
        }
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /** What tells one file from another of the same name; null when there is none. */
    static Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /** What is left of {@code file} from its position to its end, in pieces. */
    static void drain(FileChannel file, Consumer<byte[]> sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (file.read(buffer) > 0) {
            byte[] piece = new byte[buffer.position()];
            buffer.flip().get(piece);
            sink.accept(piece);
            buffer.clear();
        }
    }

    /**
     * Sets {@code file} to where its last lines begin.
     *
     * @return how many lines it has from there; less than {@code lines} when it begins there
     */
    static int seekLastLines(FileChannel file, int lines) throws IOException {
        long size = file.size();
        long position = size;
        int found = 0;
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (position > 0 && found <= lines) {
            int length = (int) Math.min(CHUNK, position);
            position -= length;
            buffer.clear().limit(length);
            while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) > 0) {
                // until the piece is full
            }
            for (int i = length - 1; i >= 0 && found <= lines; i--) {
                boolean lineEnds = buffer.get(i) == '\n' || position + i == size - 1;
                if (lineEnds && ++found > lines) {
                    file.position(position + i + 1);
                    return lines;
                }
            }
        }
        file.position(0);
        return found;
    }

    /** Where a log ends at some moment: what is written from then on is told from what an earlier boot has left. */
    public record Mark(Object key, long size) {
        public static final Mark START = new Mark(null, 0);

        /** Of {@code log} now. */
        public static Mark of(Path log) {
            try {
                BasicFileAttributes what = Files.readAttributes(log, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                return new Mark(what.fileKey(), what.size());
            } catch (IOException absent) {
                return START;
            }
        }
    }

    /** The last lines of the current file as text, for a message; none when it cannot be read. */
    public static List<String> lastLines(Path log, int lines) {
        return lastLines(log, lines, Mark.START);
    }

    /** The same of what was written after {@code mark}; a file that is another one by now is all new. */
    public static List<String> lastLines(Path log, int lines, Mark mark) {
        List<String> texts = new ArrayList<>();
        try (FileChannel file = open(log)) {
            seekLastLines(file, lines);
            if (mark.key() != null && mark.key().equals(key(log)) && file.size() >= mark.size()) {
                file.position(Math.max(file.position(), mark.size()));
            }
            StringBuilder text = new StringBuilder();
            drain(file, piece -> text.append(new String(piece, StandardCharsets.ISO_8859_1)));
            String utf8 = new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            utf8.lines().map(String::stripTrailing).forEach(texts::add);
        } catch (NoSuchFileException none) {
            return Collections.emptyList();
        } catch (IOException unreadable) {
            return List.of("(" + unreadable.getMessage() + ")");
        }
        return texts;
    }
}
