package overlayd.subhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import overlayd.kernel.Deadline;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;

class NewsTest {
    private final News news = new News();

    private void tell(String name, SubhostState state, String reason) {
        news.tell(SubhostRecord.unknown(name, "boot").with(state, reason));
    }

    private static List<String> heard(News.Subscription subscription) {
        List<String> heard = new ArrayList<>();
        for (Optional<News.Item> item = now(subscription); item.isPresent(); item = now(subscription)) {
            News.Item one = item.get();
            heard.add(one.kind() + one.change().map(c -> " " + c.name() + " " + c.state() + " " + c.reason()).orElse(" " + one.lost()));
        }
        return heard;
    }

    private static Optional<News.Item> now(News.Subscription subscription) {
        return subscription.next(Deadline.afterMillis(0));
    }

    @Test
    void what_is_so_now_comes_first_then_every_change_in_order() {
        tell("web", SubhostState.STARTING, "");
        try (News.Subscription one = news.subscribe()) {
            tell("web", SubhostState.RUNNING, "");
            tell("db", SubhostState.STARTING, "");
            tell("web", SubhostState.RUNNING, "ssh failed");
            assertEquals(List.of("PRESENT web STARTING ", "CHANGED web RUNNING ", "CHANGED db STARTING ", "CHANGED web RUNNING ssh failed"), heard(one));
        }
    }

    @Test
    void what_says_nothing_new_is_passed_over() {
        try (News.Subscription one = news.subscribe()) {
            tell("web", SubhostState.STARTING, "");
            tell("web", SubhostState.STARTING, "");
            assertEquals(1, heard(one).size());
        }
    }

    @Test
    void whoever_does_not_listen_is_told_how_many_he_missed_and_what_is_so_now() {
        try (News.Subscription slow = news.subscribe()) {
            for (int i = 0; i < News.MOST + 3; i++) {
                tell("web", i % 2 == 0 ? SubhostState.RUNNING : SubhostState.PAUSED, "");
            }
            List<String> heard = heard(slow);
            assertEquals(News.MOST + 2, heard.size());
            assertEquals(List.of("LOST 3", "PRESENT web RUNNING "), heard.subList(News.MOST, News.MOST + 2));
            tell("web", SubhostState.STOPPING, "");
            assertEquals(List.of("CHANGED web STOPPING "), heard(slow));
        }
    }

    @Test
    void one_that_waits_is_woken_by_the_end() throws Exception {
        News.Subscription one = news.subscribe();
        CompletableFuture<Optional<News.Item>> waiting = CompletableFuture.supplyAsync(() -> one.next(Deadline.NEVER));
        one.end();
        assertEquals(Optional.empty(), waiting.get(20, TimeUnit.SECONDS));
        one.close();
        tell("web", SubhostState.STARTING, "");
        assertEquals(List.of(), heard(one));
    }

    @Test
    void counters_get_each_change_once() {
        List<String> counted = new ArrayList<>();
        news.onEach(change -> counted.add(change.name() + " " + change.state()));
        tell("web", SubhostState.STARTING, "");
        tell("web", SubhostState.STARTING, "");
        tell("web", SubhostState.RUNNING, "");
        assertEquals(List.of("web STARTING", "web RUNNING"), counted);
    }
}
