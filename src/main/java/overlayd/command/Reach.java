package overlayd.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import overlayd.config.ByteText;
import overlayd.config.RootKind;
import overlayd.config.SubhostConfig;
import overlayd.security.Hole;

/** Whether users of the host can reach the files that a subhost's root writes: it can make setuid programs, which work there. */
final class Reach {
    private Reach() {
    }

    /** One hole when every directory down to UPPER lets others pass. */
    static List<Hole> ofOthers(SubhostConfig config) {
        Path files = config.root().kind() == RootKind.PREMOUNTED ? config.root().live() : config.root().upper();
        try {
            for (Path directory = files; directory != null; directory = directory.getParent()) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
                if (!mode.contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return List.of();
                }
            }
        } catch (IOException | UnsupportedOperationException absent) {
            return List.of();
        }
        return List.of(new Hole(Hole.Gravity.PART, "makes setuid programs in " + ByteText.of(files) + ", which every user of the host can run there",
                "chmod 700 " + ByteText.of(config.base())));
    }
}
