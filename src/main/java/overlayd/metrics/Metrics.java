package overlayd.metrics;

import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import overlayd.state.SubhostRecord;
import overlayd.state.SubhostState;
import overlayd.subhost.Live;
import overlayd.subhost.Sample;
import overlayd.subhost.Sample.Consumption;

/** Everything that is told to Prometheus: counters since the daemon's start, and what is so when it is asked. Any thread. */
public final class Metrics {
    private static final double MICROS = 1e6;

    private final Live live;
    private final Supplier<List<SubhostRecord>> subhosts;
    private final String version;
    private final Tally tally = new Tally();

    /** Counts from now on. {@code subhosts}: every one that is known */
    public Metrics(Live live, Supplier<List<SubhostRecord>> subhosts, String version) {
        this.live = live;
        this.subhosts = subhosts;
        this.version = version;
        live.onEachChange(tally);
    }

    /** The text format, version 0.0.4. */
    public String text() {
        Exposition out = new Exposition();
        out.family("overlayd_build_info", "gauge", "Version of overlayd; always 1.").sample(1, "version", version);
        counters(out);
        states(out);
        usage(out, live.sample(List.of()));
        return out.toString();
    }

    private void counters(Exposition out) {
        counter(out, Tally.Count.BOOTS, "overlayd_boots_total", "Boots that became ready, since the daemon started.");
        counter(out, Tally.Count.BOOT_FAILURES, "overlayd_boot_failures_total", "Boots that failed or were given up.");
        counter(out, Tally.Count.STOPS, "overlayd_stops_total", "Stops that were asked for and done.");
        counter(out, Tally.Count.FAILURES, "overlayd_failures_total", "Ends that nobody asked for and that were not well, and stops that failed.");
        out.family("overlayd_boot_duration_seconds", "summary", "Time from the begin of a boot until it was ready.")
                .summary(tally.boots().count(), tally.boots().seconds());
        out.family("overlayd_stop_duration_seconds", "summary", "Time from the begin of a stop until all was taken back.")
                .summary(tally.stops().count(), tally.stops().seconds());
    }

    private void counter(Exposition out, Tally.Count what, String name, String help) {
        out.family(name, "counter", help);
        new TreeMap<>(tally.of(what)).forEach((subhost, count) -> out.sample(count, "subhost", subhost));
    }

    private void states(Exposition out) {
        List<SubhostRecord> all = subhosts.get();
        out.family("overlayd_subhost_up", "gauge", "Whether the subhost is running or paused.");
        all.forEach(one -> out.sample(isUp(one) ? 1 : 0, "subhost", one.name()));
        out.family("overlayd_subhost_degraded", "gauge", "Whether it runs, but a service or a cable does not.");
        all.forEach(one -> out.sample(one.state() == SubhostState.RUNNING && !one.reason().isEmpty() ? 1 : 0, "subhost", one.name()));
        out.family("overlayd_subhost_state", "gauge", "1 for the state it is in, 0 for the others.");
        for (SubhostRecord one : all) {
            for (SubhostState state : SubhostState.values()) {
                out.sample(one.state() == state ? 1 : 0, "subhost", one.name(), "state", state.word());
            }
        }
        out.family("overlayd_subhost_start_time_seconds", "gauge", "When it became ready, in seconds since the epoch.");
        all.stream().filter(one -> isUp(one) && one.life().bootedAt() != 0).forEach(one -> out.sample(one.life().bootedAt(), "subhost", one.name()));
    }

    private static boolean isUp(SubhostRecord one) {
        return one.state() == SubhostState.RUNNING || one.state() == SubhostState.PAUSED || one.state() == SubhostState.FOREIGN;
    }

    private static void usage(Exposition out, Sample sample) {
        family(out, sample, "memory_bytes", "gauge", "Memory it uses, page cache included.", one -> one.usage().memoryBytes(), 1);
        family(out, sample, "processes", "gauge", "Processes and threads.", one -> one.usage().pids(), 1);
        family(out, sample, "cpu_seconds_total", "counter", "Processor time since its boot.", one -> one.usage().cpuMicros(), MICROS);
        family(out, sample, "oom_kills_total", "counter", "Processes of it that were killed for want of memory.", one -> one.usage().outOfMemoryKills(), 1);
        family(out, sample, "network_receive_bytes_total", "counter", "Bytes that came in by its cables.", Consumption::receivedBytes, 1);
        family(out, sample, "network_transmit_bytes_total", "counter", "Bytes that went out by its cables.", Consumption::sentBytes, 1);
    }

    private static void family(Exposition out, Sample sample, String name, String type, String help, Function<Consumption, OptionalLong> value,
            double unit) {
        out.family("overlayd_subhost_" + name, type, help);
        sample.subhosts().forEach(one -> value.apply(one).ifPresent(number -> out.sample(number / unit, "subhost", one.name())));
    }
}
