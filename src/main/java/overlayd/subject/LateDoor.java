package overlayd.subject;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import overlayd.config.Strictness;
import overlayd.enter.Session;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.state.SubhostRecord;
import overlayd.subhost.DiskRequest;
import overlayd.subhost.InsideCommand;
import overlayd.subhost.LiveShare;
import overlayd.subhost.Progress;
import overlayd.subhost.Subhosts;

/** A door that is put in its place later: the socket is made before the subhosts are known. */
public final class LateDoor implements Door {
    private volatile Door door;

    public void open(Door real) {
        door = real;
    }

    private Door door() {
        if (door == null) {
            throw new IllegalStateException("a call came before the subhosts were known");
        }
        return door;
    }

    @Override
    public Subhosts.Planning plan(Path file, Strictness strictness) {
        return door().plan(file, strictness);
    }

    @Override
    public Subhosts.Booted boot(Path file, Subhosts.BootWish wish, Progress progress) throws RefusedException {
        return door().boot(file, wish, progress);
    }

    @Override
    public void cancel(String name, String why) {
        door().cancel(name, why);
    }

    @Override
    public boolean stop(String name, Subhosts.StopWish wish, Progress progress) throws RefusedException {
        return door().stop(name, wish, progress);
    }

    @Override
    public Subhosts.Booted restart(String name, Subhosts.StopWish how, Progress progress) throws RefusedException {
        return door().restart(name, how, progress);
    }

    @Override
    public List<SubhostRecord> list() {
        return door().list();
    }

    @Override
    public Optional<SubhostRecord> find(String name) {
        return door().find(name);
    }

    @Override
    public List<String> addresses(String name) {
        return door().addresses(name);
    }

    @Override
    public CompletableFuture<Subhosts.End> end(String name) throws RefusedException {
        return door().end(name);
    }

    @Override
    public CompletableFuture<Void> idle(String name) {
        return door().idle(name);
    }

    @Override
    public void mountDisk(int pid, DiskRequest request) throws RefusedException {
        door().mountDisk(pid, request);
    }

    @Override
    public void share(String name, LiveShare share) throws RefusedException {
        door().share(name, share);
    }

    @Override
    public void unshare(String name, Path target) throws RefusedException {
        door().unshare(name, target);
    }

    @Override
    public Fd root(String name) throws RefusedException, KernelException {
        return door().root(name);
    }

    @Override
    public Session start(String name, InsideCommand.Request request) throws RefusedException, KernelException {
        return door().start(name, request);
    }
}
