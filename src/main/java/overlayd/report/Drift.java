package overlayd.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.ConfigKey;
import overlayd.config.Position;
import overlayd.config.Problem;
import overlayd.config.RootKind;
import overlayd.config.Rule;
import overlayd.config.SubhostConfig;

/**
 * Whether packages of LOWER were changed under a subhost that has a package database of its own: it then has the new programs, as far as
 * its UPPER does not hide them, and a database that tells of the old ones.
 */
public final class Drift {
    /** Debian's; written whenever a package is installed, upgraded or removed. */
    private static final Path DATABASE = Path.of("var/lib/dpkg/status");

    private Drift() {
    }

    public static Optional<Problem> of(SubhostConfig config) {
        if (config.root().kind() != RootKind.OVERLAY) {
            return Optional.empty();
        }
        Optional<FileTime> own = written(config.root().upper());
        Optional<Path> newer = own.flatMap(time -> config.root().lowers().stream().filter(lower -> written(lower)
                .filter(other -> other.compareTo(time) > 0).isPresent()).findFirst());
        Position at = config.at(ConfigKey.UPPER);
        return newer.map(lower -> new Problem(config.file(), at.line(), at.column(), Rule.PACKAGES_CHANGED.severity(), Rule.PACKAGES_CHANGED.id(),
                "packages of LOWER " + ByteText.of(lower) + " were changed since UPPER got a package database of its own: the subhost's programs and"
                + " its database do not agree", "upgrade in the subhost, too: overlay-go " + config.name() + " -- apt-get full-upgrade"));
    }

    private static Optional<FileTime> written(Path root) {
        try {
            BasicFileAttributes found = Files.readAttributes(root.resolve(DATABASE), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() ? Optional.of(found.lastModifiedTime()) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
