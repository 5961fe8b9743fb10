package overlayd.subject;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import overlayd.failure.RefusedException;
import overlayd.subhost.Live;
import overlayd.subhost.LiveShare;
import overlayd.subhost.News;
import overlayd.subhost.Sample;
import overlayd.subhost.StateChange;

/** Writes down what was asked for. */
public final class FakeLive implements Live {
    public final List<String> asked = new ArrayList<>();
    /** What everything refuses with. */
    public Optional<RefusedException> refusal = Optional.empty();
    /** What listeners hear. */
    public final News news = new News();
    /** What is used, look by look; the last one again and again. */
    public final List<Sample> samples = new ArrayList<>(List.of(new Sample(0, 0, List.of())));

    private boolean ask(String what) throws RefusedException {
        asked.add(what);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return true;
    }

    @Override
    public News.Subscription subscribe() {
        return news.subscribe();
    }

    @Override
    public void onEachChange(Consumer<StateChange> counter) {
        news.onEach(counter);
    }

    @Override
    public boolean pause(String name) throws RefusedException {
        return ask("pause " + name);
    }

    @Override
    public boolean resume(String name) throws RefusedException {
        return ask("resume " + name);
    }

    @Override
    public Sample sample(List<String> names) {
        return samples.size() > 1 ? samples.remove(0) : samples.get(0);
    }

    @Override
    public List<ServiceStart> services(String name) {
        return List.of(new ServiceStart("nginx", Begun.FAILED, 3), new ServiceStart("ssh", Begun.STARTED, 0));
    }

    @Override
    public Limited limit(String name, List<String> assignments) throws RefusedException {
        ask("limit " + name + " to " + assignments);
        return new Limited(assignments, List.of("a remark"));
    }

    @Override
    public void share(String name, LiveShare share) throws RefusedException {
        ask("share " + share.host() + " with " + name);
    }

    @Override
    public void unshare(String name, Path target) throws RefusedException {
        ask("unshare " + target + " of " + name);
    }
}
