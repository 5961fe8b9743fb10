package overlayd.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import overlayd.subhost.Sample;
import overlayd.subhost.Sample.Consumption;
import overlayd.varlink.Json;

/** What subhosts use, as the types Sample and Consumption of org.overlayd.Subhost; with rates where there is an earlier sample. */
public final class Counters {
    private static final double NANOS = 1e9;

    private Counters() {
    }

    /** One subhost between two samples; {@code cpuPercent} of one processor. Empty: not known, or it was not there before. */
    public record Rates(Optional<Double> cpuPercent, OptionalLong receivedPerSecond, OptionalLong sentPerSecond) {
        static final Rates NONE = new Rates(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

        public static Rates of(Consumption now, Sample then, long nanos) {
            Optional<Consumption> before = then.subhosts().stream().filter(one -> one.name().equals(now.name())).findFirst();
            double seconds = (nanos - then.nanos()) / NANOS;
            if (before.isEmpty() || seconds <= 0) {
                return NONE;
            }
            OptionalLong micros = difference(before.get().usage().cpuMicros(), now.usage().cpuMicros());
            return new Rates(micros.isPresent() ? Optional.of(Math.round(micros.getAsLong() / seconds / 100) / 100.0) : Optional.empty(),
                    perSecond(difference(before.get().receivedBytes(), now.receivedBytes()), seconds),
                    perSecond(difference(before.get().sentBytes(), now.sentBytes()), seconds));
        }

        /** A counter that went back belongs to another boot. */
        private static OptionalLong difference(OptionalLong then, OptionalLong now) {
            return then.isPresent() && now.isPresent() && now.getAsLong() >= then.getAsLong()
                    ? OptionalLong.of(now.getAsLong() - then.getAsLong()) : OptionalLong.empty();
        }

        private static OptionalLong perSecond(OptionalLong bytes, double seconds) {
            return bytes.isPresent() ? OptionalLong.of(Math.round(bytes.getAsLong() / seconds)) : bytes;
        }
    }

    /** The type Sample. */
    public static ObjectNode json(Sample sample, Optional<Sample> before) {
        ObjectNode object = Json.object();
        object.set("at", Json.object().put("realtime", sample.millis() * 1000));
        ArrayNode all = object.putArray("subhosts");
        sample.subhosts().forEach(one -> all.add(json(one, before.map(then -> Rates.of(one, then, sample.nanos())).orElse(Rates.NONE))));
        return object;
    }

    /** The type Consumption. */
    public static ObjectNode json(Consumption one, Rates rates) {
        ObjectNode object = Json.object().put("name", one.name()).put("state", one.state().word());
        rates.cpuPercent().ifPresent(percent -> object.put("cpuPercent", percent));
        put(object, "cpuMicroseconds", one.usage().cpuMicros());
        put(object, "memoryBytes", one.usage().memoryBytes());
        put(object, "processes", one.usage().pids());
        put(object, "outOfMemoryKills", one.usage().outOfMemoryKills());
        put(object, "receivedBytes", one.receivedBytes());
        put(object, "sentBytes", one.sentBytes());
        put(object, "receivedPerSecond", rates.receivedPerSecond());
        put(object, "sentPerSecond", rates.sentPerSecond());
        object.set("limits", Documents.texts(one.limits()));
        return object;
    }

    private static void put(ObjectNode object, String key, OptionalLong value) {
        value.ifPresent(number -> object.put(key, number));
    }

    /** {@code 512M}: at most four characters and a unit, as df -h says it. */
    public static String size(long bytes) {
        if (bytes < 1024) {
            return Long.toString(bytes);
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        return (value < 10 ? String.format(Locale.ROOT, "%.1f", value) : Long.toString(Math.round(value))) + "KMGTP".charAt(unit);
    }
}
