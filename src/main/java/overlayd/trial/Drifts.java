package overlayd.trial;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.config.SubhostConfig;
import overlayd.drift.Drifting;
import overlayd.drift.Report;
import overlayd.failure.RefusedException;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.state.SubhostRecord;

/** Whether what lies below a subhost is still what it was. Any host thread. */
public final class Drifts {
    private static final long NANOS = 1_000_000_000L;

    private final Kernel kernel;
    private final Uppers uppers;

    public Drifts(Kernel kernel) {
        this.kernel = kernel;
        this.uppers = new Uppers(kernel);
    }

    /** Everything that can be told. @throws RefusedException CONFIG: it has no layers that can be reached; STEP */
    public Report report(Optional<SubhostRecord> subhost, Optional<SubhostConfig> config) throws RefusedException {
        Optional<Long> since = subhost.filter(record -> record.state().isLive() && record.life().bootedAt() > 0).map(record -> record.life().bootedAt() * NANOS);
        return on(uppers.place(subhost, config), drifting -> drifting.report(since));
    }

    /** One line for a list or a status, quickly: whether packages below a running subhost were changed since its boot. */
    public Optional<String> line(SubhostRecord subhost) {
        if (!subhost.state().isLive() || !subhost.root().kind().equals("overlay") || subhost.life().bootedAt() == 0) {
            return Optional.empty();
        }
        try {
            boolean changed = on(uppers.place(Optional.of(subhost), Optional.empty()), drifting -> drifting.changedSince(subhost.life().bootedAt() * NANOS));
            return changed ? Optional.of("packages of LOWER were changed since its boot; see: overlay drift " + subhost.name()) : Optional.empty();
        } catch (RefusedException unreachable) {
            return Optional.empty(); // a private or throw-away layer
        }
    }

    private interface Question<T> {
        T of(Drifting drifting) throws KernelException;
    }

    private <T> T on(Uppers.Place place, Question<T> question) throws RefusedException {
        List<Path> own = place.uppers();
        try (Layers layers = Layers.open(kernel, own, place.lowers())) {
            return question.of(new Drifting(kernel.files(), kernel.copies(), layers.of()));
        } catch (KernelException failed) {
            throw Uppers.step("read layers", ByteText.of(place.upper()), failed);
        }
    }
}
