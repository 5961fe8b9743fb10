package overlayd.subhost;

import java.nio.file.Path;
import java.util.Optional;
import overlayd.kernel.ImageMount.Access;

/**
 * What overlay-diskfile(8) is asked: all paths absolute and normalized.
 *
 * @param path what the value is to be
 * @param mountable the part of it that may be the mount point: its directory, or all of it where it ends with a slash or has none
 * @param disk file with a file system, or with partitions
 * @param index which of the partitions, from 1 on in the order of their numbers; empty for the whole file
 * @param directory the asker's working directory: nothing is mounted on or above it
 */
public record DiskRequest(Path path, Path mountable, Path disk, Optional<Integer> index, Path directory, Access access) {
}
