package overlayd.report;

import java.util.List;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.state.SubhostState;
import overlayd.subhost.News;
import overlayd.subhost.StateChange;

/** Waits until a subhost is in one of several states, by the news of it. One that was never booted is stopped. */
public final class StateWait {
    /** The states that can be waited for, as overlay-list shows them. */
    public static final List<String> STATES = List.of("stopped", "starting", "running", "degraded", "paused", "stopping", "failed");

    private final String name;
    private final List<String> words;
    private StateChange last;

    public StateWait(String name, List<String> words) {
        this.name = name;
        this.words = List.copyOf(words);
        this.last = new StateChange(name, SubhostState.STOPPED, "", 0, 0);
    }

    /** The word that came true; empty when the deadline passed, or the subscription was ended. */
    public Optional<String> await(News.Subscription news, Deadline deadline) {
        last = news.now(name).orElse(last);
        for (Optional<String> met = met(); ; met = met()) {
            if (met.isPresent()) {
                return met;
            }
            Optional<News.Item> item = news.next(deadline);
            if (item.isEmpty()) {
                return Optional.empty();
            }
            last = item.get().change().filter(change -> change.name().equals(name)).orElse(last);
        }
    }

    private Optional<String> met() {
        return words.stream().filter(word -> StateNews.is(word, last.state(), last.reason())).findFirst();
    }

    public String name() {
        return name;
    }

    /** How it was last. */
    public StateChange last() {
        return last;
    }

    /** What it was last. */
    public String lastWord() {
        return StateNews.word(last);
    }
}
