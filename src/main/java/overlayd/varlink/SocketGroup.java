package overlayd.varlink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Set;

/** Opens a listening socket to the members of one group: the kernel then lets root and them connect, and nobody else. */
public final class SocketGroup {
    private static final Set<PosixFilePermission> SOCKET = PosixFilePermissions.fromString("rw-rw----");
    /** To pass, not to list: what else lies there is root's. */
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx--x---");

    private SocketGroup() {
    }

    /** Gives the socket and its directory to {@code group}. @throws IOException with a sentence for the administrator */
    public static void admit(Path socket, String group) throws IOException {
        try {
            GroupPrincipal principal = socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
            give(socket.getParent(), principal, DIRECTORY);
            give(socket, principal, SOCKET);
        } catch (UserPrincipalNotFoundException none) {
            throw new IOException("SOCKET_GROUP: this host has no group \"" + group + "\": addgroup --system " + group);
        }
    }

    private static void give(Path path, GroupPrincipal group, Set<PosixFilePermission> mode) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        view.setGroup(group);
        Files.setPosixFilePermissions(path, mode);
    }
}
