package overlayd.subhost;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.generation.Generations;
import overlayd.kernel.Deadline;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.network.PortForwards;
import overlayd.network.SpareNetns;
import overlayd.plan.CableStep;
import overlayd.plan.HostStep;
import overlayd.plan.Undo;
import overlayd.rootfs.DeviceDirectory;
import overlayd.rootfs.HostFiles;
import overlayd.state.DirectoryLocks;

/** Carries out the steps of a boot that lie on the host: each by the room that knows how; what later steps need goes into the state. */
final class HostSteps {
    private static final int LOG_MODE = 0640;

    private final Kernel kernel;
    private final Groups groups;
    private final CableSteps cableSteps;
    private final HostFiles files;
    private final IdRanges ids;
    private final String reaper;

    /** @param reaper the C program */
    HostSteps(Kernel kernel, Groups groups, SpareNetns spareNetns, AddressBook book, PortForwards ports, IdRanges ids, String reaper) {
        this.kernel = kernel;
        this.cableSteps = new CableSteps(kernel, spareNetns, book, ports);
        this.groups = groups;
        this.ids = ids;
        this.reaper = reaper;
        this.files = new HostFiles(kernel.files(), kernel.mounts(), kernel.copies());
    }

    /** The cases for one boot. */
    HostStep.Cases<Void, KernelException> of(PlanRunner.Run run) {
        return new Cases(run);
    }

    private final class Cases implements HostStep.Cases<Void, KernelException> {
        private final PlanRunner.Run run;
        private final BootState state;
        private final DirectoryLocks locks = new DirectoryLocks(kernel);
        private final CableStep.Cases<Void, KernelException> cables;

        Cases(PlanRunner.Run run) {
            this.run = run;
            this.state = run.state();
            this.cables = cableSteps.of(run);
        }

        @Override
        public Void lock(HostStep.LockDirectory step) throws KernelException {
            Fd directory = state.handOver("lock", PrivateMounts.in(kernel, state.mounts(),
                    place -> kernel.files().openDirectory(ByteText.of(step.directory()))));
            locks.lock(step.name(), step.directory(), directory);
            requireStillThere(step, directory);
            locks.lockParents(step.name(), step.directory(), directory).forEach(parent -> state.handOver("lock", parent));
            return null;
        }

        /** A checkpoint may have put another directory into its place before it was locked. */
        private void requireStillThere(HostStep.LockDirectory step, Fd directory) throws KernelException {
            if (!PrivateMounts.in(kernel, state.mounts(), place -> DirectoryLocks.isAt(kernel, step.directory(), directory))) {
                throw new KernelException(step.name(), step.directory(), Errno.EAGAIN, "another directory has taken its place");
            }
            if (step.on().isPresent() && !Generations.of(kernel, step.directory()).chain().directories().equals(step.on().get())) {
                throw new KernelException(step.name(), step.directory(), Errno.EAGAIN, "a checkpoint or a rollback came between; boot it again");
            }
        }

        @Override
        public Void openLog(HostStep.OpenLog step) throws KernelException {
            // First what makes nothing: a refused step has changed nothing.
            state.handOver("rundir", kernel.files().openDirectory(ByteText.of(run.subhost().rundir().directory())));
            try {
                LogFiles.makeDirectory(step.file());
                state.handOver("logdir", kernel.files().openPath(ByteText.of(step.file().getParent())));
                state.handOver("log", kernel.files().openForAppend(ByteText.of(step.file()), LOG_MODE));
                return null;
            } catch (KernelException refused) {
                if (step.undo().isPresent()) {
                    takeBack(step.file(), refused);
                }
                throw refused;
            }
        }

        private void takeBack(Path log, KernelException refused) {
            try {
                LogFiles.removeEmpty(log);
            } catch (KernelException left) {
                refused.addSuppressed(left);
            }
        }

        @Override
        public Void cgroup(HostStep.MakeCgroup step) throws KernelException {
            boolean delegated = run.plan().init().managesGroups();
            groups.make(run.plan().name());
            try {
                groups.limit(run.plan().name(), step.allowance());
                if (delegated) {
                    groups.makePayload(run.plan().name());
                }
                groups.openForInit(run.plan().name(), delegated).forEach(place -> state.handOver(place.name(), place.fd()));
            } catch (KernelException refused) {
                takeBack(step.group(), refused);
                throw refused;
            }
            return null;
        }

        /** A refused step has changed nothing. */
        private void takeBack(String group, KernelException refused) {
            try {
                groups.remove(group, Deadline.afterMillis(0));
            } catch (KernelException left) {
                refused.addSuppressed(left);
            }
        }

        @Override
        public Void limitDevices(HostStep.LimitDevices step) throws KernelException {
            List<DeviceRule> allowed = new ArrayList<>(DeviceDirectory.HARMLESS);
            for (Path device : step.devices()) {
                allowed.addAll(DeviceDirectory.rules(kernel.files(), device));
            }
            groups.limitDevices(run.plan().name(), allowed);
            return null;
        }

        @Override
        public Void upperScript(HostStep.RunUpperScript step) {
            // Done already: the plan depends on what it printed (ConfigPrograms).
            return null;
        }

        @Override
        public Void userns(HostStep.MakeUserns step) throws KernelException {
            state.handOver("lock", ids.take(run.plan().name(), step.ids()));
            state.userns(UserNamespace.make(kernel, reaper, step.ids()));
            return null;
        }

        @Override
        public Void cable(CableStep step) throws KernelException {
            return step.match(cables);
        }

        @Override
        public Void file(HostStep.WriteFile step) throws KernelException {
            if (!PrivateMounts.in(kernel, state.mounts(), place -> files.write(step))) {
                run.undo().drop(new Undo.RemoveFile(step.root(), step.file()));
            }
            return null;
        }
    }
}
