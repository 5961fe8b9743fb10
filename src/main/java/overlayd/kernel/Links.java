package overlayd.kernel;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Network interfaces of one netns by rtnetlink(7): a socket that belongs, for ever, to the netns it was opened in, whatever thread uses it. It
 * keeps that netns alive: close it soon. One call at a time (calls wait for each other); any thread.
 *
 * <p>Failures carry the kernel's extended acknowledgement, or a likely cause where the kernel gives only a number. A failed create leaves
 * nothing behind. EPERM: not root.
 */
public interface Links extends AutoCloseable {
    /** All interfaces, by index. */
    List<Link> list() throws KernelException;

    /** The interface {@code name}. */
    Optional<Link> find(String name) throws KernelException;

    /** Those of {@code names} that there are. */
    default List<Link> find(Collection<String> names) throws KernelException {
        List<Link> found = new ArrayList<>();
        for (String name : names) {
            find(name).ifPresent(found::add);
        }
        return found;
    }

    /** The interface of that index. */
    Optional<Link> at(int index) throws KernelException;

    /**
     * Makes a cable in one message: the host end up, and plugged in where a bridge is given; the subhost end down (the kernel refuses to
     * bring it up from here). EEXIST: one of the names is taken; ENODEV: no such bridge; EADDRNOTAVAIL: the MAC is multicast;
     * ERANGE or EINVAL: a name of more than 15 bytes or with a slash.
     */
    void createCable(Cable cable) throws KernelException;

    /** Makes a VLAN interface, up. ENODEV: no parent or bridge; EOPNOTSUPP: the kernel has no 8021q; EEXIST: name or tag taken. */
    void createVlan(Vlan vlan) throws KernelException;

    /** Makes a bridge, up; with {@code mac} for good, or the kernel's choice from time to time. EEXIST. */
    void createBridge(String name, Optional<String> mac, String alias) throws KernelException;

    /** Brings an interface up. ENODEV. */
    void setUp(String name) throws KernelException;

    /**
     * Brings interfaces up, adds addresses (usable at once) and default routes: one batch in this order. The first refusal is thrown, what
     * comes after it was tried, too: for a netns that is given up then. EEXIST, ENODEV; ENETUNREACH: a gateway in no network of the interface.
     */
    void configure(List<String> up, List<LinkAddress> addresses, List<DefaultRoute> routes) throws KernelException;

    /** Networks that the main tables lead to, without default routes. */
    List<RouteEntry> routes() throws KernelException;

    /** Addresses that somebody has answered for on an interface, as far as this host remembers. */
    List<InetAddress> neighbours(String link) throws KernelException;

    /** Adds an address. EEXIST, ENODEV. */
    void addAddress(String link, InetAddress address, int prefix) throws KernelException;

    /** Removes an interface; one that is not there is removed already. Takes 20 ms for a veth (RCU): let cables die with their netns instead. */
    void delete(String name) throws KernelException;

    /** Addresses of all interfaces, IPv4 first. */
    List<LinkAddress> addresses() throws KernelException;

    /** What has passed each interface (IFLA_STATS64). */
    List<Traffic> traffic() throws KernelException;

    /**
     * Waits, by the kernel's notices (RTNLGRP_LINK), until none of the names is in the calling thread's netns, which must be this one.
     * Returns those still there when the deadline passed.
     */
    Set<String> awaitGone(Collection<String> names, Deadline deadline) throws KernelException;

    @Override
    void close();
}
