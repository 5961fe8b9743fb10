package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import overlayd.kernel.Child;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Link;
import overlayd.kernel.Links;
import overlayd.kernel.Namespaces;
import overlayd.kernel.SpawnRequest;
import overlayd.kernel.Workplace;

/** Network and mount namespaces, and the thread that works in them, over a {@link ModelHost}. */
final class ModelNamespaces implements Namespaces {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelNamespaces(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public <T, E extends Exception> T run(Job<T, E> job) throws E, KernelException {
        ModelWorkplace place = new ModelWorkplace();
        try {
            return job.run(kernel.watch(Workplace.class, place));
        } finally {
            place.leave();
        }
    }

    @Override
    public Fd openNetns(String name) throws KernelException {
        if (!host.pins.containsKey(name)) {
            throw new KernelException("open netns", name, Errno.ENOENT);
        }
        return kernel.fd(host.pins.get(name));
    }

    @Override
    public boolean netnsExists(String name) {
        return host.pins.containsKey(name);
    }

    @Override
    public void pinNetns(String name, Fd netns) throws KernelException {
        if (host.pins.putIfAbsent(name, kernel.thing(ModelHost.Netns.class, netns)) != null) {
            throw new KernelException("pin netns", name, Errno.EEXIST);
        }
    }

    @Override
    public Fd makeNetns(String helper) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unpinNetns(String name) {
        host.pins.remove(name);
        host.sweep();
    }

    @Override
    public overlayd.kernel.FileIdentity identity(Fd namespace) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Fd hostNetns() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // nothing
    }

    private final class ModelWorkplace implements Workplace {
        private final List<ModelHost.Thing> here = new ArrayList<>();
        private ModelHost.Netns net = host.hostNet;
        private ModelHost.Mntns mnt;

        private <T extends ModelHost.Thing> T in(T thing) {
            here.add(thing);
            host.hold(thing);
            return thing;
        }

        void leave() {
            kernel.mounts.remove();
            here.forEach(host::drop);
            here.clear();
        }

        @Override
        public void unshareNet() {
            net = in(new ModelHost.Netns());
            host.links.add(new ModelHost.Link("lo", net, ""));
        }

        @Override
        public void pinNetns(String name) throws KernelException {
            if (host.pins.putIfAbsent(name, net) != null) {
                throw new KernelException("pin netns", name, Errno.EEXIST);
            }
        }

        @Override
        public void enterNet(Fd netns) {
            net = in(kernel.thing(ModelHost.Netns.class, netns));
        }

        @Override
        public void returnToHostNet() {
            net = host.hostNet;
        }

        @Override
        public void unshareMounts() {
            mnt = in(new ModelHost.Mntns());
            kernel.mounts.set(mnt);
        }

        @Override
        public void enterMounts(Fd mntns) {
            mnt = in(kernel.thing(ModelHost.Mntns.class, mntns));
            kernel.mounts.set(mnt);
        }

        @Override
        public void actAs(int id) {
            // nor owners
        }

        @Override
        public Fd netnsFd() {
            return kernel.fd(net);
        }

        @Override
        public Fd mntnsFd() {
            return kernel.fd(mnt);
        }

        @Override
        public Child spawn(SpawnRequest request) {
            return kernel.spawned(request);
        }

        @Override
        public Links openLinks() {
            return kernel.links(net);
        }
    }
}
