package overlayd.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import overlayd.failure.RefusedException;
import overlayd.kernel.Deadline;
import overlayd.report.Counters;
import overlayd.report.Documents;
import overlayd.report.StateNews;
import overlayd.report.StateWait;
import overlayd.subhost.Live;
import overlayd.subhost.News;
import overlayd.subhost.Subhosts;
import overlayd.subject.Door;
import overlayd.subject.LimitLines;
import overlayd.subject.Locator;
import overlayd.subject.UsageException;
import overlayd.varlink.Call;
import overlayd.varlink.ClientGone;
import overlayd.varlink.Json;
import overlayd.varlink.LiveHandlers;
import overlayd.varlink.SubhostError;
import overlayd.varlink.VarlinkError;

/** What org.overlayd.Subhost does with those that run, over {@link Live}. */
final class LiveService implements LiveHandlers {
    private static final long LONGEST_SECONDS = 86_400L * 365;

    private final Supplier<Live> live;
    private final Door door;
    private final WireSubjects subjects;

    LiveService(Supplier<Live> live, Door door, WireSubjects subjects) {
        this.live = live;
        this.door = door;
        this.subjects = subjects;
    }

    @Override
    public void restart(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        Subhosts.StopWish how = WireBoot.stopWish(call);
        try {
            call.reply(WireBoot.booted(door.restart(named.name(), how, new WireProgress(call))));
        } catch (RefusedException refused) {
            throw subjects.error(named.name(), refused);
        }
    }

    @Override
    public void pause(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        try {
            call.reply(Json.object().put("alreadyPaused", !live.get().pause(named.name())));
        } catch (RefusedException refused) {
            throw subjects.error(named.name(), refused);
        }
    }

    @Override
    public void resume(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        try {
            call.reply(Json.object().put("alreadyRunning", !live.get().resume(named.name())));
        } catch (RefusedException refused) {
            throw subjects.error(named.name(), refused);
        }
    }

    @Override
    public void await(Call call) throws VarlinkError {
        List<String> words = new ArrayList<>();
        call.parameters().path("states").forEach(state -> words.add(state.asText()));
        if (!StateWait.STATES.containsAll(words) || words.isEmpty()) {
            throw VarlinkError.invalidParameter("states");
        }
        Optional<Duration> bound = WireBoot.seconds(call, LONGEST_SECONDS);
        StateWait wait = new StateWait(subjects.named(call).name(), words);
        try (News.Subscription news = live.get().subscribe()) {
            call.onHangup(news::end);
            if (wait.await(news, bound.map(Deadline::after).orElse(Deadline.NEVER)).isEmpty()) {
                throw SubhostError.timedOut(wait.name(), wait.last().state().word());
            }
            ObjectNode reply = Json.object().put("state", wait.last().state().word())
                    .put("degraded", wait.last().degraded());
            call.reply(wait.last().reason().isEmpty() ? reply : reply.put("reason", wait.last().reason()));
        }
    }

    @Override
    public void subscribe(Call call) throws VarlinkError, ClientGone {
        Optional<String> name = call.parameters().hasNonNull("subhost") ? Optional.of(subjects.named(call).name()) : Optional.empty();
        try (News.Subscription news = live.get().subscribe()) {
            call.onHangup(news::end);
            for (Optional<News.Item> item = news.next(Deadline.NEVER); item.isPresent(); item = news.next(Deadline.NEVER)) {
                if (StateNews.concerns(item.get(), name)) {
                    call.replyContinues((ObjectNode) Json.object().set("event", StateNews.json(item.get())));
                }
            }
            call.reply(Json.object());
        }
    }

    @Override
    public void stats(Call call) throws VarlinkError {
        List<String> names = call.parameters().hasNonNull("subhost") ? List.of(subjects.named(call).name()) : List.of();
        call.reply((ObjectNode) Json.object().set("sample", Counters.json(live.get().sample(names), Optional.empty())));
    }

    @Override
    public void limit(Call call) throws VarlinkError {
        Locator.Named named = subjects.named(call);
        List<String> assignments = new ArrayList<>();
        call.parameters().path("limits").forEach(limit -> assignments.add(limit.asText()));
        try {
            LimitLines.check(assignments);
            Optional<LimitLines> file = SubhostService.persists(call) ? Optional.of(LimitLines.of(named)) : Optional.empty();
            if (file.isPresent()) {
                file.get().requireWritable(assignments); // what cannot be written down is not set either
            }
            Live.Limited limited = live.get().limit(named.name(), assignments);
            if (file.isPresent()) {
                file.get().set(assignments);
            }
            ObjectNode reply = Json.object();
            reply.set("limits", Documents.texts(limited.limits()));
            reply.set("notes", Documents.texts(limited.notes()));
            call.reply(reply);
        } catch (UsageException wrong) {
            throw VarlinkError.invalidParameter("limits");
        } catch (IOException refused) {
            throw SubhostError.notWritten(named.name(), String.valueOf(refused.getMessage()));
        } catch (RefusedException refused) {
            throw subjects.error(named.name(), refused);
        }
    }
}
