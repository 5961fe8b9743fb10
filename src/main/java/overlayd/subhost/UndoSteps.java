package overlayd.subhost;

import java.time.Duration;
import java.util.List;
import overlayd.config.ByteText;
import overlayd.kernel.Deadline;
import overlayd.kernel.Kernel;
import overlayd.kernel.KernelException;
import overlayd.network.CableRemover;
import overlayd.network.PortForwards;
import overlayd.plan.Undo;
import overlayd.rootfs.HostFiles;

/** Takes steps back on the host; what is gone already counts as done. Any host thread. */
final class UndoSteps implements Undo.Cases<Void, KernelException> {
    /** What ends with a cgroup may take this long to leave it. */
    private static final Duration EMPTY_BOUND = Duration.ofSeconds(5);

    private final Groups groups;
    private final CableRemover cables;
    private final HostFiles files;
    private final HostCommand programs;
    private final PortForwards ports;

    UndoSteps(Kernel kernel, Groups groups, HostCommand programs, PortForwards ports) {
        this.ports = ports;
        this.programs = programs;
        this.groups = groups;
        this.cables = new CableRemover(kernel);
        this.files = new HostFiles(kernel.files(), kernel.mounts(), kernel.copies());
    }

    @Override
    public Void cgroup(Undo.RemoveCgroup undo) throws KernelException {
        groups.remove(undo.group(), Deadline.after(EMPTY_BOUND));
        return null;
    }

    @Override
    public Void upperTeardown(Undo.RunUpperTeardown undo) throws KernelException {
        programs.run(new HostCommand.Request("UPPER script", List.of(ByteText.of(undo.script())), undo.config(), undo.script().getParent(),
                "teardown", Duration.ofSeconds(undo.timeoutSeconds())));
        return null;
    }

    @Override
    public Void netns(Undo.RemoveNetns undo) throws KernelException {
        cables.remove(undo);
        return null;
    }

    @Override
    public Void ifdown(Undo.Ifdown undo) throws KernelException {
        cables.ifdown(undo);
        return null;
    }

    @Override
    public Void file(Undo.RemoveFile undo) throws KernelException {
        files.remove(undo);
        return null;
    }

    @Override
    public Void log(Undo.RemoveEmptyLog undo) throws KernelException {
        LogFiles.removeEmpty(undo.file());
        return null;
    }

    @Override
    public Void unpublish(Undo.Unpublish undo) throws KernelException {
        ports.unpublish(undo.forwards());
        return null;
    }
}
