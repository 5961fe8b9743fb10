package overlayd.subhost;

import overlayd.kernel.Fd;
import overlayd.kernel.Terminals;

/** Terminals that nobody writes to. */
final class ModelTerminals implements Terminals {
    private final ModelKernel kernel;

    ModelTerminals(ModelKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public Pair open(Fd devpts) {
        kernel.thing(devpts);
        return new Pair(kernel.fd(new ModelMonitor.Pipe()), kernel.fd(new ModelHost.Open("terminal", ModelHost.Node.file())));
    }

    @Override
    public boolean isTerminal(Fd fd) {
        return false;
    }

    @Override
    public Modes modes(Fd fd) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void restoreModes(Fd fd, Modes modes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Size size(Fd fd) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resize(Fd fd, Size size) {
        throw new UnsupportedOperationException();
    }
}
