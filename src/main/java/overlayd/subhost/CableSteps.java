package overlayd.subhost;

import java.io.IOException;
import java.util.List;
import overlayd.kernel.Errno;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.network.CablePlugger;
import overlayd.network.PortForwards;
import overlayd.network.SpareNetns;
import overlayd.plan.CableStep;

/** Carries out the steps of a boot that make its network, by the plugger in its state. Beside them the root is being mounted. */
final class CableSteps {
    private final Kernel kernel;
    private final SpareNetns spareNetns;
    private final AddressBook book;
    private final PortForwards ports;

    CableSteps(Kernel kernel, SpareNetns spareNetns, AddressBook book, PortForwards ports) {
        this.kernel = kernel;
        this.spareNetns = spareNetns;
        this.book = book;
        this.ports = ports;
    }

    /** The cases for one boot. */
    CableStep.Cases<Void, KernelException> of(PlanRunner.Run run) {
        return new Cases(run);
    }

    private interface Writing {
        void run() throws IOException;
    }

    private final class Cases implements CableStep.Cases<Void, KernelException> {
        private final PlanRunner.Run run;
        private final BootState state;

        Cases(PlanRunner.Run run) {
            this.run = run;
            this.state = run.state();
        }

        @Override
        public Void netns(CableStep.MakeNetns step) throws KernelException {
            CablePlugger plugger = state.plug(state.madeNetns().isPresent() ? CablePlugger.of(kernel, state.madeNetns().get()) : spareNetns.take());
            plugger.pin(step.netns());
            state.netns(plugger.netns());
            return null;
        }

        @Override
        public Void cable(CableStep.PlugCable step) throws KernelException {
            state.plugger().plug(step);
            return null;
        }

        @Override
        public Void vlan(CableStep.PlugVlan step) throws KernelException {
            state.plugger().plug(step);
            return null;
        }

        @Override
        public Void bringUp(CableStep.BringUp step) throws KernelException {
            if (!step.addresses().isEmpty()) {
                List<String> addresses = step.addresses().stream().map(address -> address.subnet().toString()).toList();
                written("keep addresses", () -> run.subhost().rundir().keepAddresses(addresses));
            }
            state.plugger().bringUp(step);
            return null;
        }

        @Override
        public Void ifup(CableStep.Ifup step) throws KernelException {
            state.plugger().ifup(step).ifPresent(run.progress()::warning);
            return null;
        }

        @Override
        public Void address(CableStep.KeepAddress step) throws KernelException {
            written(step.name(), () -> book.keep(step));
            return null;
        }

        @Override
        public Void publish(CableStep.Publish step) throws KernelException {
            ports.publish(step.forwards());
            return null;
        }

        private void written(String what, Writing writing) throws KernelException {
            try {
                writing.run();
            } catch (IOException full) {
                throw new KernelException(what, run.plan().name(), Errno.EIO, String.valueOf(full.getMessage()));
            }
        }
    }
}
