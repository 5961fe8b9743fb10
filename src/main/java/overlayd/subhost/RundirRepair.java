package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.KernelException;
import overlayd.plan.Undo;
import overlayd.state.Journal;
import overlayd.state.Rundir;
import overlayd.state.SubhostRecord;

/**
 * Repairs the runtime directory of a subhost that an earlier daemon has left: what cannot be understood is put aside, what is wrong or
 * missing is written anew from what can be seen.
 */
final class RundirRepair {
    private static final Logger LOG = LoggerFactory.getLogger(RundirRepair.class);

    private final Evidence evidence;

    RundirRepair(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Puts aside what is no file of ours. */
    static void putAside(Rundir rundir) throws IOException {
        for (Path odd : rundir.quarantineOddities()) {
            LOG.error("{}: what is no file of ours was put aside as {}", rundir.directory().getFileName(), odd);
        }
    }

    /** The record; empty where there is none, or none that can be understood. */
    static Optional<SubhostRecord> read(Rundir rundir) throws IOException {
        try {
            return rundir.read();
        } catch (IOException damaged) {
            LOG.error("{}: its record cannot be understood and is put aside as {}: {}", rundir.directory().getFileName(),
                    rundir.quarantine("record.json"), damaged.getMessage());
            return Optional.empty();
        }
    }

    /** A journal that is damaged or gone is written anew, with what can be seen in place of what cannot be read. */
    void journal(Rundir rundir, Optional<Rundir.InitFile> init) throws IOException, KernelException {
        Journal.Content content = Journal.read(rundir.journal());
        boolean whole = content.damage().isEmpty() && has(content, Undo.RemoveNetns.class) && (has(content, Undo.RemoveCgroup.class)
                || evidence.hasNoGroups());
        if (whole) {
            return;
        }
        String name = rundir.directory().getFileName().toString();
        for (IOException damage : content.damage()) {
            LOG.error("{}: {}", name, damage.getMessage());
        }
        if (!content.damage().isEmpty()) {
            LOG.error("{}: its journal is put aside as {} and made anew from what can be seen", name, rundir.quarantine("journal"));
        }
        List<Undo> undos = new ArrayList<>();
        for (Undo seen : evidence.undos(name, init)) {
            if (!has(content, seen.getClass())) {
                undos.add(seen);
            }
        }
        undos.addAll(content.undos());
        Journal.replace(rundir.journal(), undos);
    }

    private static boolean has(Journal.Content journal, Class<? extends Undo> kind) {
        return journal.undos().stream().anyMatch(kind::isInstance);
    }

    /** Has the notes of pid 1 agree with the pid 1 that lives. */
    static void files(Rundir rundir, Rundir.InitFile init) throws IOException {
        if (rundir.hasExitFile()) {
            LOG.error("{}: a note of an end that never came is put aside as {}", rundir.directory().getFileName(), rundir.quarantine("exit"));
        }
        if (!rundir.init().equals(Optional.of(init))) {
            if (rundir.hasInitFile()) {
                LOG.error("{}: a wrong note of its init is put aside as {}", rundir.directory().getFileName(), rundir.quarantine("pid"));
            }
            rundir.write(init);
        }
    }
}
