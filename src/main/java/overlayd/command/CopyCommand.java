package overlayd.command;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import overlayd.config.ByteText;
import overlayd.failure.Absence;
import overlayd.failure.RefusedException;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.subject.Door;
import overlayd.subject.Locator;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;
import overlayd.trial.TreeCopy;

/** overlay cp: files and trees into a running subhost, out of one, or from one to another. */
final class CopyCommand implements Command {
    private static final String NAME = "overlay cp";
    private static final long SECOND = 1_000_000_000;

    private final Door door;
    private final Locator locator;
    private final Kernel kernel;
    private final Model model = Model.of(NAME, "overlay cp [OPTION]... [NAME:]PATH [NAME:]PATH")
            .about("Copies a file or a directory tree into a running subhost, or out of one.",
                    "NAME:PATH is a path in the subhost, from its root. Into a directory that is there, as cp does; mode, owner and time of"
                    + " change are kept.")
            .operands("[NAME:]PATH", "2", "what is copied, and where to; ./a:b is a path of the host")
            .flag("say nothing of what is left out, and show no progress", "-q", "--quiet")
            .exits(ExitCode.OK, ExitCode.UNKNOWN, ExitCode.USAGE, ExitCode.UNAVAILABLE, ExitCode.STEP, ExitCode.NOT_PERMITTED,
                    ExitCode.INTERRUPTED, ExitCode.TERMINATED)
            .exit(ExitCode.INTERRUPTED, "interrupted (SIGINT); what was copied by then stays")
            .exit(ExitCode.TERMINATED, "terminated (SIGTERM); what was copied by then stays")
            .build();

    CopyCommand(Door door, Locator locator, Kernel kernel) {
        this.door = door;
        this.locator = locator;
        this.kernel = kernel;
    }

    @Override
    public Model model() {
        return model;
    }

    /** One side. {@code subhost} is empty for the host. */
    private record Side(Optional<String> subhost, String path) {
        static Side of(String word, Invocation invocation) throws UsageException {
            int colon = word.indexOf(':');
            if (colon > 0 && word.lastIndexOf('/', colon) < 0) {
                return new Side(Optional.of(word.substring(0, colon)), word.substring(colon + 1));
            }
            if (word.isEmpty() || !word.startsWith("/") && invocation.arguments().workingDirectory().isEmpty()) {
                throw new UsageException("which path of the host? \"" + Shown.of(word) + "\" is none");
            }
            String directory = invocation.arguments().workingDirectory().map(ByteText::of).orElse("/");
            return new Side(Optional.empty(), word.startsWith("/") ? word : directory + "/" + word);
        }
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        Side from = Side.of(given.operands().get(0), invocation);
        Side to = Side.of(given.operands().get(1), invocation);
        if (from.subhost().isEmpty() && to.subhost().isEmpty()) {
            throw new UsageException("neither is in a subhost: write NAME:PATH for one of them, or use cp(1)");
        }
        AtomicReference<ExitCode> interrupted = new AtomicReference<>();
        try (Fd fromRoot = root(from); Fd toRoot = root(to);
                TreeCopy.Place source = TreeCopy.place(kernel, fromRoot, from.path());
                TreeCopy.Place target = TreeCopy.target(kernel, toRoot, to.path(), source.name())) {
            Report report = new Report(invocation, given.has("--quiet"), () -> interrupted.get() == null);
            invocation.client().onInterrupt(signal -> interrupted.set(ExitCode.ofSignal(signal).orElse(ExitCode.INTERRUPTED)));
            invocation.client().onHangup(() -> interrupted.set(ExitCode.INTERRUPTED));
            new TreeCopy(kernel, from.subhost().isPresent() && to.subhost().isEmpty() ? TreeCopy.SetId.DROPPED : TreeCopy.SetId.KEPT, report)
                    .copy(source.directory(), source.name(), target.directory(), target.name());
            report.end();
            return ExitCode.OK.number();
        } catch (RefusedException refused) {
            return Refusals.tell(invocation, NAME, "", refused).number();
        } catch (KernelException refused) {
            invocation.complain(NAME, given.operands().get(0) + " to " + given.operands().get(1), refused.getMessage());
            return Optional.ofNullable(interrupted.get()).orElse(ExitCode.STEP).number();
        }
    }

    private Fd root(Side side) throws RefusedException, KernelException {
        if (side.subhost().isEmpty()) {
            return kernel.files().openPath("/");
        }
        String reference = side.subhost().get();
        Optional<Locator.Named> named = locator.subhost(reference, Optional.empty());
        return door.root(named.orElseThrow(() -> new RefusedException(RefusedException.Kind.UNKNOWN, reference + ": " + Absence.UNKNOWN)).name());
    }

    /** Progress for a terminal, once a second. */
    private static final class Report implements TreeCopy.Listener {
        private final Invocation invocation;
        private final boolean quiet;
        private final boolean shown;
        private final BooleanSupplier goesOn;
        private long files;
        private long bytes;
        private long next = System.nanoTime() + SECOND;
        private boolean written;

        Report(Invocation invocation, boolean quiet, BooleanSupplier goesOn) {
            this.goesOn = goesOn;
            this.invocation = invocation;
            this.quiet = quiet;
            this.shown = !quiet && invocation.console().errIsTerminal();
        }

        @Override
        public boolean goesOn() {
            return goesOn.getAsBoolean();
        }

        @Override
        public void copied(String path, long more) {
            files += more == 0 ? 1 : 0;
            bytes += more;
            if (shown && System.nanoTime() > next) {
                next = System.nanoTime() + SECOND;
                invocation.console().err("\r" + files + " files, " + (bytes >> 20) + " MiB");
                written = true;
            }
        }

        @Override
        public void skipped(String path, String why) {
            if (!quiet) {
                end();
                invocation.complain(NAME, path, "left out: " + why);
            }
        }

        void end() {
            if (written) {
                invocation.console().err("\n");
                written = false;
            }
        }
    }
}
