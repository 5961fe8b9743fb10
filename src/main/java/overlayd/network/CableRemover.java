package overlayd.network;
import overlayd.kernel.*;
import overlayd.plan.Undo;
public final class CableRemover {
    private final Kernel k;
    public CableRemover(Kernel k) { this.k = k; }
    public void remove(Undo.RemoveNetns u) throws KernelException { k.namespaces().unpinNetns(u.netns()); }
    public void ifdown(Undo.Ifdown u) { }
}
