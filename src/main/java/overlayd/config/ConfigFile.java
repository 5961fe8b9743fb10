package overlayd.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
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
     * Reads a file and who may change it; at most one byte more than the parser takes. Blocks on a pipe nobody writes:
     * the caller checks that it is a regular file.
     */
    public static ConfigFile open(Path path) throws IOException {
        FileTrust trust = FileTrust.inspect(path);
        try (InputStream in = Files.newInputStream(path)) {
            return new ConfigFile(path, in.readNBytes(ConfigParser.MAX_BYTES + 1), trust);
        }
    }
}
