package overlayd.trial;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.SubhostConfig;
import overlayd.failure.RefusedException;
import overlayd.generation.Chain;
import overlayd.generation.Generation;
import overlayd.generation.Generations;
import overlayd.generation.Switch;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.upper.Diff;

/**
 * Checkpoints of a subhost that does not run: an overlay keeps to the upperdir it was mounted with. The lock of its upperdir, which a running
 * one has, is held meanwhile. Any host thread.
 */
public final class Checkpoints {
    private final Kernel kernel;
    private final Uppers uppers;
    private final Clock clock;

    public Checkpoints(Kernel kernel, Clock clock) {
        this.kernel = kernel;
        this.uppers = new Uppers(kernel);
        this.clock = clock;
    }

    /**
     * A checkpoint, or a state that was rolled back from.
     *
     * @param current whether the subhost's root lies on it
     */
    public record Row(Generation generation, boolean current) {
        /** The kind of generation, in lower case. */
        public String word() {
            return generation.kind().name().toLowerCase(Locale.ROOT);
        }
    }

    /** Every generation, the oldest first. Also of a subhost that runs. */
    public List<Row> list(Optional<SubhostConfig> config) throws RefusedException {
        Uppers.Place place = uppers.place(Optional.empty(), config);
        try {
            return of(place).list().stream().map(generation -> new Row(generation, place.generations().directories().contains(generation.directory())))
                    .toList();
        } catch (KernelException failed) {
            throw failed(place, "read checkpoints", failed);
        }
    }

    /** Makes one. @param label what to call it; empty: by the next number. @return its label */
    public String checkpoint(Optional<SubhostConfig> config, Optional<String> label) throws RefusedException {
        Uppers.Place place = uppers.place(Optional.empty(), config);
        if (place.uppers().size() > Generations.MOST) {
            throw new RefusedException(RefusedException.Kind.EXISTS, place.name() + " lies on " + Generations.MOST
                    + " checkpoints, which are as many as there may be; merge some: overlay checkpoint --merge " + place.name());
        }
        return locked(place, "make checkpoint", generations -> {
            String name = label.isPresent() ? label.get() : number(generations, "");
            requireNew(place, generations, name);
            new Switch(kernel, generations).checkpoint(name, clock.instant().getEpochSecond());
            return name;
        });
    }

    /**
     * Goes back, or to any other generation.
     *
     * @param label which one; empty: the one it lies on
     * @param keep whether the state that is left is kept as a generation
     * @return label of what was kept
     */
    public Optional<String> rollback(Optional<SubhostConfig> config, Optional<String> label, boolean keep) throws RefusedException {
        Uppers.Place place = uppers.place(Optional.empty(), config);
        String to = target(place, label);
        return locked(place, "roll back", generations -> {
            Switch change = new Switch(kernel, generations);
            if (!keep) {
                change.discard(to);
                return Optional.empty();
            }
            String kept = number(generations, "rolled-back-");
            change.rollback(to, kept, clock.instant().getEpochSecond());
            return Optional.of(kept);
        });
    }

    /** Tells what a rollback takes back: all changes since the last generation that both states lie on. */
    public void lost(Optional<SubhostConfig> config, Optional<String> label, Diff.Found found) throws RefusedException {
        Uppers.Place place = uppers.place(Optional.empty(), config);
        String to = target(place, label);
        List<Path> mine = place.generations().fault().isPresent() ? List.of(place.upper()) : place.uppers();
        try {
            Chain other = of(place).chain(to);
            List<Path> common = mine.stream().filter(other.directories()::contains).toList();
            uppers.tell(mine.subList(0, mine.size() - common.size()), place.below(common), found);
        } catch (KernelException failed) {
            throw failed(place, "read checkpoints", failed);
        }
    }

    /** Removes one that nothing lies on. */
    public void delete(Optional<SubhostConfig> config, String label) throws RefusedException {
        Uppers.Place place = uppers.place(Optional.empty(), config);
        String name = target(place, Optional.of(label));
        locked(place, "delete checkpoint", generations -> {
            Optional<Generation> above = generations.list().stream().filter(other -> other.below().equals(name)).findFirst();
            if (place.generations().labels().contains(name) || above.isPresent()) {
                throw new RefusedException(RefusedException.Kind.EXISTS, above.map(other -> "generation " + other.label()).orElse(place.name())
                        + " lies on " + name + ", which must stay");
            }
            new Switch(kernel, generations).delete(generations.find(name).orElseThrow());
            return name;
        });
    }

    /** Makes one of all that it lies on, called like the last of them; those that nothing else lies on are removed. */
    public void merge(Optional<SubhostConfig> config) throws RefusedException {
        Uppers.Place place = uppers.place(Optional.empty(), config);
        place.uppers(); // must be known for that
        Chain chain = place.generations();
        if (chain.labels().size() < 2) {
            return;
        }
        locked(place, "merge checkpoints", generations -> {
            Switch change = new Switch(kernel, generations);
            change.merge(chain);
            for (String label : chain.labels().subList(1, chain.labels().size())) {
                List<Generation> left = generations.list();
                if (left.stream().noneMatch(other -> other.below().equals(label))) {
                    change.delete(left.stream().filter(other -> other.label().equals(label)).findFirst().orElseThrow());
                }
            }
            return chain;
        });
    }

    private interface Work<T> {
        T on(Generations generations) throws RefusedException, KernelException;
    }

    private <T> T locked(Uppers.Place place, String what, Work<T> work) throws RefusedException {
        try {
            Fd lock = Uppers.lock(kernel, place);
            try {
                return work.on(of(place));
            } finally {
                lock.close();
            }
        } catch (KernelException failed) {
            throw failed(place, what, failed);
        }
    }

    private Generations of(Uppers.Place place) {
        return Generations.of(kernel, place.upper());
    }

    private String target(Uppers.Place place, Optional<String> label) throws RefusedException {
        try {
            if (label.isEmpty()) {
                place.uppers(); // must be known for that
                return place.generations().labels().stream().findFirst().orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN,
                        place.name() + " lies on no checkpoint; overlay reset " + place.name() + " takes back all that it has changed"));
            }
            if (of(place).find(label.get()).isEmpty()) {
                throw new RefusedException(RefusedException.Kind.UNKNOWN, place.name() + " has no checkpoint " + label.get()
                        + "; see: overlay checkpoint --list " + place.name());
            }
            return label.get();
        } catch (KernelException failed) {
            throw failed(place, "read checkpoints", failed);
        }
    }

    private static String number(Generations generations, String prefix) throws KernelException {
        long last = generations.list().stream().map(Generation::label).filter(label -> label.startsWith(prefix))
                .map(label -> label.substring(prefix.length())).filter(rest -> rest.matches("[1-9][0-9]{0,8}")).mapToLong(Long::parseLong).max().orElse(0);
        return prefix + (last + 1);
    }

    private static void requireNew(Uppers.Place place, Generations generations, String label) throws RefusedException, KernelException {
        if (generations.find(label).isPresent()) {
            throw new RefusedException(RefusedException.Kind.EXISTS, place.name() + " has a checkpoint " + label + " already");
        }
    }

    private static RefusedException failed(Uppers.Place place, String what, KernelException failed) {
        return Uppers.step(what, ByteText.of(place.upper()), failed);
    }
}
