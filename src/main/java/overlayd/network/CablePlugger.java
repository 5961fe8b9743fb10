package overlayd.network;

import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import overlayd.kernel.Cable;
import overlayd.kernel.DefaultRoute;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.kernel.LinkAddress;
import overlayd.kernel.Links;
import overlayd.kernel.Vlan;
import overlayd.plan.CableStep;

/**
 * A subhost's new network namespace and what is plugged into it, for the time of one boot. Close it when the boot is over: its
 * sockets keep the netns alive. Any one thread, but not inside a worker's job.
 *
 * <p>A step that is refused has changed nothing.
 */
public final class CablePlugger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CablePlugger.class);
    /** Switched off or used up (ENOSPC, EUSERS), not built in (EINVAL), forbidden by a security module (EPERM, EACCES). */
    private static final Set<Errno> NO_USER_NAMESPACES = Set.of(Errno.ENOSPC, Errno.EINVAL, Errno.EPERM, Errno.EACCES);

    private final Kernel kernel;
    private final Fd netns;
    private final Links inside;
    private Optional<Links> host = Optional.empty();

    private CablePlugger(Kernel kernel, Fd netns, Links inside) {
        this.kernel = kernel;
        this.netns = netns;
        this.inside = inside;
    }

    /**
     * Makes a netns that nobody sees yet, owned by a user namespace of its own. It is gone when this is closed, unless it was pinned or a
     * process is in it.
     *
     * @param helper see {@link overlayd.kernel.Namespaces#makeNetns}; none: one of the host's user namespace, in which a subhost's root
     *     can do nothing
     */
    public static CablePlugger makeNetns(Kernel kernel, Optional<String> helper) throws KernelException {
        Optional<Fd> owned = owned(kernel, helper);
        try {
            return in(kernel, owned);
        } finally {
            owned.ifPresent(Fd::close);
        }
    }

    /** Takes a netns that is made already, and stays the caller's. */
    public static CablePlugger of(Kernel kernel, Fd made) throws KernelException {
        return in(kernel, Optional.of(made));
    }

    private static CablePlugger in(Kernel kernel, Optional<Fd> owned) throws KernelException {
        return kernel.namespaces().<CablePlugger, KernelException>run(workplace -> {
            if (owned.isPresent()) {
                workplace.enterNet(owned.get());
            } else {
                workplace.unshareNet();
            }
            Fd netns = workplace.netnsFd();
            try {
                return new CablePlugger(kernel, netns, workplace.openLinks());
            } catch (KernelException e) {
                netns.close();
                throw e;
            }
        });
    }

    private static Optional<Fd> owned(Kernel kernel, Optional<String> helper) throws KernelException {
        try {
            return helper.isPresent() ? Optional.of(kernel.namespaces().makeNetns(helper.get())) : Optional.empty();
        } catch (KernelException refused) {
            if (!NO_USER_NAMESPACES.contains(refused.errno())) {
                throw refused;
            }
            LOG.warn("{}: the root of the next subhost cannot configure its own network; sysctl user.max_user_namespaces should not be 0",
                    refused.getMessage());
            return Optional.empty();
        }
    }

    /** Pins the netns as /run/netns/NAME. EEXIST: the name is taken. */
    public void pin(String name) throws KernelException {
        kernel.namespaces().pinNetns(name, netns);
    }

    /** The netns; stays this object's. */
    public Fd netns() {
        return netns;
    }

    /** Makes a cable, in one message. */
    public void plug(CableStep.PlugCable step) throws KernelException {
        host().createCable(new Cable(step.hostEnd(), netns, step.subhostEnd(), step.bridge(), step.mac(), step.tag()));
    }

    /** Makes a VLAN on both ends of a cable that is plugged already. */
    public void plug(CableStep.PlugVlan step) throws KernelException {
        // A VLAN cannot be brought up on an interface that is down (ENETDOWN).
        inside.setUp(step.subhostEnd());
        host().createVlan(new Vlan(step.hostVlan(), step.hostEnd(), step.tag(), step.bridge()));
        try {
            inside.createVlan(new Vlan(step.subhostVlan(), step.subhostEnd(), step.tag(), Optional.empty()));
        } catch (KernelException e) {
            takeBack(step.hostVlan(), e);
            throw e;
        }
    }

    private void takeBack(String link, KernelException refused) {
        try {
            host().delete(link);
        } catch (KernelException left) {
            refused.addSuppressed(left);
        }
    }

    /** Brings interfaces up inside, with their addresses and default routes, in one batch. */
    public void bringUp(CableStep.BringUp step) throws KernelException {
        inside.configure(step.interfaces(),
                step.addresses().stream().map(address -> new LinkAddress(address.end(), address.subnet().address(), address.subnet().prefix(), 0)).toList(),
                step.routes().stream().map(route -> new DefaultRoute(route.end(), route.gateway(), route.reach() == CableStep.Reach.ON_LINK)).toList());
    }

    /**
     * Configures a host end by ifup(8).
     *
     * @return why it could not be, which is no reason not to boot: the host end is then up at link level
     */
    public Optional<String> ifup(CableStep.Ifup step) throws KernelException {
        Optional<String> warning = new Ifupdown(kernel).up(step.hostEnd());
        if (warning.isPresent()) {
            host().setUp(step.hostEnd()); // clearing stale state may have taken it down
        }
        return warning;
    }

    private Links host() throws KernelException {
        if (host.isEmpty()) {
            host = Optional.of(kernel.openLinks());
        }
        return host.get();
    }

    @Override
    public void close() {
        inside.close();
        netns.close();
        host.ifPresent(Links::close);
        host = Optional.empty();
    }
}
