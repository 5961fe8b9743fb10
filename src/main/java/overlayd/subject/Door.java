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

/** What commands ask of {@link Subhosts}, method by method the same: tests put their own in its place. */
public interface Door extends Session.Starter {
    Subhosts.Planning plan(Path file, Strictness strictness);

    Subhosts.Booted boot(Path file, Subhosts.BootWish wish, Progress progress) throws RefusedException;

    void cancel(String name, String why);

    boolean stop(String name, Subhosts.StopWish wish, Progress progress) throws RefusedException;

    Subhosts.Booted restart(String name, Subhosts.StopWish how, Progress progress) throws RefusedException;

    List<SubhostRecord> list();

    Optional<SubhostRecord> find(String name);

    List<String> addresses(String name);

    CompletableFuture<Subhosts.End> end(String name) throws RefusedException;

    CompletableFuture<Void> idle(String name);

    void mountDisk(int pid, DiskRequest request) throws RefusedException;

    void share(String name, LiveShare share) throws RefusedException;

    void unshare(String name, Path target) throws RefusedException;

    Fd root(String name) throws RefusedException, KernelException;

    /** The real one. */
    static Door of(Subhosts subhosts) {
        return new Door() {
            @Override
            public Subhosts.Planning plan(Path file, Strictness strictness) {
                return subhosts.plan(file, strictness);
            }

            @Override
            public Subhosts.Booted boot(Path file, Subhosts.BootWish wish, Progress progress) throws RefusedException {
                return subhosts.boot(file, wish, progress);
            }

            @Override
            public void cancel(String name, String why) {
                subhosts.cancel(name, why);
            }

            @Override
            public boolean stop(String name, Subhosts.StopWish wish, Progress progress) throws RefusedException {
                return subhosts.stop(name, wish, progress);
            }

            @Override
            public Subhosts.Booted restart(String name, Subhosts.StopWish how, Progress progress) throws RefusedException {
                return subhosts.restart(name, how, progress);
            }

            @Override
            public List<SubhostRecord> list() {
                return subhosts.list();
            }

            @Override
            public Optional<SubhostRecord> find(String name) {
                return subhosts.find(name);
            }

            @Override
            public List<String> addresses(String name) {
                return subhosts.addresses(name);
            }

            @Override
            public CompletableFuture<Subhosts.End> end(String name) throws RefusedException {
                return subhosts.end(name);
            }

            @Override
            public CompletableFuture<Void> idle(String name) {
                return subhosts.idle(name);
            }

            @Override
            public void mountDisk(int pid, DiskRequest request) throws RefusedException {
                subhosts.diskfiles().mount(pid, request);
            }

            @Override
            public void share(String name, LiveShare share) throws RefusedException {
                subhosts.live().share(name, share);
            }

            @Override
            public void unshare(String name, Path target) throws RefusedException {
                subhosts.live().unshare(name, target);
            }

            @Override
            public Fd root(String name) throws RefusedException, KernelException {
                return subhosts.root(name);
            }

            @Override
            public Session start(String name, InsideCommand.Request request) throws RefusedException, KernelException {
                return Session.of(subhosts.enter(name, request));
            }
        };
    }
}
