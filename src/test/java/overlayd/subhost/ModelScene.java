package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import overlayd.kernel.Errno;

/** What is booted in the model check: together they have every kind of step. */
enum ModelScene {
    /** A root of its own with hooks and cables. */
    PLAIN("START=ssh", "CABLES=br0=02:00:00:00:00:07 = =.7", "PREMOUNT=/bin/true", "SHARE=/srv/web:/mnt/a,ro"),
    /** A user namespace, and a port of the host. */
    TENANT("START=ssh", "CABLES=br0=", "USERNS=auto", "HIDE=secrets", "ADDRESS=auto", "PUBLISH=8080:80"),
    /** An init of its own over an image, with a device, on a root that goes with it. */
    THROWN_AWAY("INIT=/sbin/init", "LOWER=/srv/base.img:/usr", "UPPER=tmp:", "DEVICES=/dev/fuse"),
    /** UPPER is a program's, and LOWER has its checkpoints inside. */
    SCRIPTED("START=ssh", "UPPER=setup"),
    /** No overlay. */
    BOUND("START=ssh", "LOWER=root");

    private final String[] lines;

    ModelScene(String... lines) {
        this.lines = lines;
    }

    /**
     * What its calls are refused with: those that mean something else than a failure to those who ask for it, and one that does not; the first
     * scene has more, which nobody tells from that one.
     */
    List<Errno> errnos() {
        return this == PLAIN ? List.of(Errno.EIO, Errno.ENOSPC, Errno.EMFILE, Errno.EPERM, Errno.ENOENT, Errno.EEXIST, Errno.EBUSY)
                : List.of(Errno.EIO, Errno.ENOENT, Errno.EEXIST, Errno.EBUSY);
    }

    /** A host for it. */
    ModelHost host(Path runtime) throws IOException {
        if (this != TENANT) {
            return new ModelHost(runtime);
        }
        // UPPER and WORK are looked for by Java, too, which finds out where their links lead; that they are there is all it is to see.
        Path base = Files.createDirectories(runtime.resolve("srv/web"));
        for (String name : List.of("root", "work")) {
            Files.createFile(base.resolve(name));
        }
        Files.createFile(runtime.resolve("ids"));
        return new ModelHost(runtime, base);
    }

    ModelBoot boot(ModelHost host) {
        return ModelBoot.of(host, this == SCRIPTED ? ModelBoot.Layers.INSIDE : ModelBoot.Layers.APART, lines);
    }
}
