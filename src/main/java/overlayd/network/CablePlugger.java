package overlayd.network;
import java.util.Optional;
import overlayd.kernel.*;
import overlayd.plan.Step;
public final class CablePlugger implements AutoCloseable {
    private final Links inner; private final Links host; private final Fd netns;
    private CablePlugger(Links i, Links h, Fd n) { inner=i; host=h; netns=n; }
    record P(Links l, Fd f) {}
    public static CablePlugger makeNetns(Kernel k, String name) throws KernelException {
        P p = k.namespaces().<P, KernelException>run(w -> { w.unshareNet(); w.pinNetns(name); return new P(w.openLinks(), w.netnsFd()); });
        return new CablePlugger(p.l(), k.openLinks(), p.f());
    }
    public Fd netns() { return netns; }
    public void plug(Step.PlugCable s) throws KernelException { host.createCable(new Cable(s.hostEnd(), netns, s.subhostEnd(), s.bridge(), s.mac(), s.tag())); }
    public void plug(Step.PlugVlan s) throws KernelException { host.createVlan(new Vlan(s.hostVlan(), s.hostEnd(), s.tag(), s.bridge())); inner.createVlan(new Vlan(s.subhostVlan(), s.subhostEnd(), s.tag(), Optional.empty())); }
    public void bringUp(Step.BringUp s) throws KernelException { for (String i : s.interfaces()) inner.setUp(i); }
    public Optional<String> ifup(Step.Ifup s) { return Optional.empty(); }
    @Override public void close() { inner.close(); host.close(); }
}
