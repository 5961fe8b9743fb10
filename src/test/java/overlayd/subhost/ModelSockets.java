package overlayd.subhost;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.kernel.ControlSocket;
import overlayd.kernel.Deadline;
import overlayd.kernel.Errno;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;
import overlayd.kernel.Packet;
import overlayd.kernel.Sockets;

/** The sockets between a daemon and its monitors, over a {@link ModelHost}. */
final class ModelSockets implements Sockets {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelSockets(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public Pair pair() {
        Control control = new Control();
        return new Pair(kernel.watch(ControlSocket.class, new ModelControl(control, kernel.fd(new ModelHost.Thing()))), kernel.fd(control));
    }

    @Override
    public Fd datagrams(String abstractName) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Fd listen(String path, int backlog) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ControlSocket control(Fd fd) {
        throw new UnsupportedOperationException();
    }

    /** The end of a control socket that the child has. */
    static final class Control extends ModelHost.Thing {
        ModelMonitor other;
    }

    private final class ModelControl implements ControlSocket {
        private final Control control;
        private final Fd fd;

        ModelControl(Control control, Fd fd) {
            this.control = control;
            this.fd = fd;
        }

        @Override
        public Fd fd() {
            return fd;
        }

        @Override
        public void send(Packet packet, List<Fd> descriptors) throws KernelException {
            if (control.other == null || control.other.self.ended) {
                throw new KernelException("send", packet.verb(), Errno.EPIPE);
            }
            List<ModelHost.Thing> things = new ArrayList<>();
            descriptors.forEach(descriptor -> things.add(kernel.thing(descriptor)));
            control.other.receive(packet, things);
        }

        @Override
        public Optional<Received> receive(Deadline deadline) throws KernelException {
            ModelMonitor.Message message = control.other == null ? null : control.other.answers.poll();
            if (message == null && (control.other == null || control.other.self.ended)) {
                return Optional.empty();
            }
            if (message == null) {
                throw new KernelException("receive", "control", Errno.ETIMEDOUT);
            }
            List<Fd> fds = new ArrayList<>();
            message.things().forEach(thing -> fds.add(kernel.fd(thing)));
            return Optional.of(new Received() {
                @Override
                public Packet packet() {
                    return message.packet();
                }

                @Override
                public int count() {
                    return fds.size();
                }

                @Override
                public Fd take(int index) {
                    Fd taken = fds.get(index);
                    fds.set(index, null);
                    return taken;
                }

                @Override
                public void close() {
                    fds.stream().filter(java.util.Objects::nonNull).forEach(Fd::close);
                }
            });
        }

        @Override
        public void close() {
            if (fd.isOpen()) {
                fd.close();
                if (control.other != null) {
                    control.other.controlClosed();
                }
            }
        }
    }
}
