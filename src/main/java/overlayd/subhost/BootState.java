package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.Fd;
import overlayd.network.CablePlugger;

/**
 * What the steps of one boot leave for the later ones, and for pid 1: descriptors only. Everything is closed when the boot is over,
 * however it ended; what lives on is held by the monitor.
 */
final class BootState implements AutoCloseable {
    private final List<InitStarter.Named> forInit = new ArrayList<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private Optional<Fd> netns = Optional.empty();
    private Optional<Fd> mounts = Optional.empty();
    private Optional<Fd> userns = Optional.empty();
    private Optional<Fd> madeNetns = Optional.empty();
    private Optional<CablePlugger> plugger = Optional.empty();

    /** Keeps {@code fd} until the end of the boot, and hands it to the monitor under {@code name}. */
    Fd handOver(String name, Fd fd) {
        owned.add(fd);
        forInit.add(new InitStarter.Named(name, fd));
        return fd;
    }

    /** Keeps something until the end of the boot. */
    <T extends AutoCloseable> T keep(T resource) {
        owned.add(resource);
        return resource;
    }

    /** Who plugs this boot's cables, once there is a netns to plug them into. */
    CablePlugger plug(CablePlugger made) {
        plugger = Optional.of(keep(made));
        return made;
    }

    /** @throws IllegalStateException when a cable comes before the netns */
    CablePlugger plugger() {
        return plugger.orElseThrow(() -> new IllegalStateException("no netns yet"));
    }

    /** The mount namespace that commands of the configuration mounted in, before the boot began. */
    void mounts(Fd fd) {
        mounts = Optional.of(handOver("mnt", fd));
    }

    /** The subhost's mount namespace where there is one already. */
    Optional<Fd> mounts() {
        return mounts;
    }

    /** The user namespace of the subhost, and the netns made in it; become ours. */
    void userns(UserNamespace made) {
        userns = Optional.of(handOver("user", made.user()));
        madeNetns = Optional.of(keep(made.net()));
    }

    /** Where there is one. */
    Optional<Fd> userns() {
        return userns;
    }

    /** A netns that is there before the step that makes one. */
    Optional<Fd> madeNetns() {
        return madeNetns;
    }

    /** The subhost's netns, once it is made. */
    void netns(Fd fd) {
        netns = Optional.of(handOver("net", fd));
    }

    /** @throws IllegalStateException when a step asks for the netns before the step that makes it */
    Fd netns() {
        return netns.orElseThrow(() -> new IllegalStateException("no netns yet"));
    }

    List<InitStarter.Named> forInit() {
        return List.copyOf(forInit);
    }

    @Override
    public void close() {
        release();
    }

    /** Closes everything before the boot is over: once pid 1 has been let go, or before what is undone must not be pinned any more. */
    void release() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        owned.clear();
    }
}
