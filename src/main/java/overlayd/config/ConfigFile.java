package overlayd.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A configuration file as it was read.
 *
 * @param path  absolute, as the user named it; what relative paths and the default NAME follow from
 * @param bytes its content
 * @param trust who may change it
 */
public record ConfigFile(Path path, byte[] bytes, FileTrust trust) {
    public ConfigFile {
        if (!path.isAbsolute() || path.getFileName() == null) throw new IllegalArgumentException("not the absolute path of a file: " + path);
    }

    /** A file of this content that nobody else may change: for tests and for content that we wrote. */
    public static ConfigFile trusted(Path path, String text) {
        return new ConfigFile(path, ByteText.encode(text), FileTrust.TRUSTED);
    }

    /**
     * Reads a file and who may change it; at most one byte more than the parser takes.
     *
     * @throws IOException also when it is not a regular file: a pipe would keep the reader waiting
     */
    public static ConfigFile open(Path path) throws IOException {
        FileTrust trust = FileTrust.inspect(path);
        // What was looked at is what is read: a link on the way may meanwhile lead elsewhere.
        Path real = trust.chain().get(0).path();
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) throw new FileSystemException(ByteText.of(path), null, "not a regular file");
        try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            return new ConfigFile(path, in.readNBytes(ConfigParser.MAX_BYTES + 1), trust);
        }
    }
}
