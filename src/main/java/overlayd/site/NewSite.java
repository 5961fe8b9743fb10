package overlayd.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;

/**
 * The directories and the configuration file of a subhost that is not there yet. What is asked must fit: {@link #isName}, {@link #isBridge},
 * {@link #fits}.
 *
 * @param bridge that its one cable is plugged into; empty: it has none
 */
public record NewSite(String name, Path base, Path lower, String bridge, Path file) {
    /**
     * Where things go that nobody places.
     *
     * @param configurations directory of the configuration file
     * @param bases directory of BASE
     */
    public record Places(Path configurations, Path bases) {
        /** The file of a subhost of that name. */
        public Path file(String name) {
            return configurations.resolve(name + ".conf");
        }

        /** BASE of a subhost of that name. */
        public Path base(String name) {
            return bases.resolve(name);
        }
    }

    public static boolean isName(String name) {
        return name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,11}");
    }

    /** Whether it can be the name of a bridge; also when it is empty. */
    public static boolean isBridge(String bridge) {
        return bridge.matches("[!-~&&[^/:=\"'$#]]{0,15}");
    }

    /** Whether a configuration file can have the path as it is. */
    public static boolean fits(Path path) {
        return ByteText.of(path).chars().noneMatch(c -> c < ' ' || "\"'$#".indexOf(c) >= 0);
    }

    /** @throws RefusedException CONFIG: LOWER is no directory; EXISTS: one of them is there; STEP. Nothing was made then */
    public void make() throws RefusedException {
        if (!Files.isDirectory(lower)) {
            throw new RefusedException(RefusedException.Kind.CONFIG, ByteText.of(lower)
                    + " is no directory: LOWER is the root of a system, such as mmdebstrap makes");
        }
        Deque<Path> made = new ArrayDeque<>();
        try {
            make(made);
        } catch (FileAlreadyExistsException exists) {
            takeBack(made);
            throw new RefusedException(RefusedException.Kind.EXISTS, exists.getFile() + " exists already; nothing was made");
        } catch (IOException refused) {
            takeBack(made);
            throw new RefusedException(RefusedException.Kind.STEP, "cannot make " + refused.getMessage() + "; nothing was made");
        }
    }

    private void make(Deque<Path> made) throws IOException {
        Files.createDirectories(file.getParent());
        Files.createDirectories(base.getParent());
        // Closed to everybody; within, the mode of UPPER is the mode of the subhost's own root directory.
        directory(base, "rwx------", made);
        directory(base.resolve("live"), "rwxr-xr-x", made);
        directory(base.resolve("root"), "rwxr-xr-x", made);
        directory(base.resolve("work"), "rwx------", made);
        Files.write(file, text().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        made.push(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private String text() {
        boolean wired = !bridge.isEmpty();
        return """
                # The subhost %1$s. Every key: subhost.conf(5). Check this file: overlay check %1$s
                NAME=%1$s
                BASE=%2$s

                # The system it shows; what it changes goes to BASE/root.
                LOWER=%3$s

                # Of that system it does not see /root, private keys and password hashes; sshd gets host keys of its own.
                %6$s

                # Cables to bridges of this host: BRIDGE=[MAC], several separated by blanks. Each is eth0, eth1, ... inside.
                %4$s

                # What they are given at boot: auto is a free address of the bridge's network, with the way out; or write 10.0.3.5/24, or dhcp.
                # Without it /etc/network/interfaces of its own and the service networking see to that.
                #ADDRESS=auto

                # Services that are started, in this order, and stopped in reverse; none keeps it up all the same.
                %5$s

                # Directories of this host that it sees as well; ,ro at the end for reading only.
                #SHARE=/srv/data

                # Whether it is booted with the host, and by overlay-boot --all.
                #AUTOSTART=yes
                """.formatted(name, ByteText.of(base), ByteText.of(lower), wired ? "CABLES=" + bridge + "=" : "#CABLES=br0=",
                wired ? "START=networking" : "START=none\n#START=networking ssh", "HIDE=secrets");
    }

    private static void directory(Path directory, String mode, Deque<Path> made) throws IOException {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        made.push(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    }

    private static void takeBack(Deque<Path> made) {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException inUse) {
                // somebody put something there: it is theirs now
            }
        }
    }
}
