package overlayd.subhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import overlayd.kernel.ExitStatus;
import overlayd.kernel.Packet;

/** The other side of the monitor's and the enter helper's protocol, played as the C programs play it (contract of reaper). */
final class ModelMonitor {
    /** A packet with what it carries. */
    record Message(Packet packet, List<ModelHost.Thing> things) {
    }

    /** What pid 1 has written into the ready pipe. */
    static final class Pipe extends ModelHost.Thing {
        final Deque<Byte> bytes = new ArrayDeque<>();
        ModelHost.Process writer;

        void say(String text) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                bytes.add(b);
            }
        }
    }

    static final class ProcessThing extends ModelHost.Thing {
        final ModelHost.Process process;

        ProcessThing(ModelHost.Process process) {
            this.process = process;
        }
    }

    private final ModelHost host;
    private final String role;
    final ModelHost.Process self;
    final Deque<Message> answers = new ArrayDeque<>();
    private ModelHost.Process init;
    private Pipe ready;
    private boolean go;
    private Path rundir;
    private boolean told;

    ModelMonitor(ModelHost host, ModelKernel daemon, String role) {
        this.host = host;
        this.role = role;
        this.self = host.new Process(role, daemon) {
            @Override
            void onEnd() {
                if (rundir != null) {
                    host.monitorLocks.remove(rundir);
                }
                if (init != null && !init.ended) {
                    if (go) {
                        init.parent = null; // killed: pid 1 goes on without it
                    } else {
                        init.end(ExitStatus.exited(1)); // the gate's end of file
                    }
                }
            }
        };
    }

    /** It makes a user namespace and a netns that belongs to it, and waits for the ids. */
    void makeUserns() {
        self.userns = new ModelHost.Userns();
        self.netns = new ModelHost.Netns();
        self.hold(self.userns);
        self.hold(self.netns);
        host.links.add(new ModelHost.Link("lo", self.netns, ""));
        answers.add(new Message(Packet.of("MADE").build(), List.of()));
    }

    void receive(Packet packet, List<ModelHost.Thing> things) {
        if (packet.verb().equals("DRAIN")) {
            drain(packet, things);
        } else if (packet.verb().equals("ENTER")) {
            boolean last = host.lastServiceEndsInit;
            if (last) {
                ((ProcessThing) things.get(0)).process.end(ExitStatus.exited(0));
            }
            answers.add(new Message(Packet.of("EXIT").with(last ? "killed" : "exited", last ? 9 : 0).build(), List.of()));
            self.end(ExitStatus.exited(0));
        } else if (packet.verb().equals("PLAN")) {
            plan(packet, things);
        } else if (packet.verb().equals("GO")) {
            go();
        }
    }

    private void plan(Packet packet, List<ModelHost.Thing> things) {
        List<String> names = List.of(packet.first("fds").orElse("").split(" "));
        rundir = Path.of(((ModelHost.Open) things.get(names.indexOf("rundir"))).path);
        host.monitorLocks.put(rundir, self);
        write("mon", "");
        init = host.new Process("init", self) {
            @Override
            void onEnd() {
                initEnded(status);
            }
        };
        init.ignoresTerm = host.initIgnoresTerm;
        ready = new Pipe();
        ready.writer = init;
        for (int i = 0; i < names.size(); i++) {
            if (List.of("net", "mnt", "user").contains(names.get(i))) {
                init.hold(things.get(i));
                init.userns = things.get(i) instanceof ModelHost.Userns userns ? userns : init.userns;
            } else if (names.get(i).equals("cgroup2")) {
                init.cgroup = ((ModelHost.Open) things.get(i)).path;
            } else if (!names.get(i).equals("live")) {
                self.hold(things.get(i));
            }
        }
        answers.add(new Message(Packet.of("STARTED").with("pid", init.pid).withFds(List.of("pidfd", "ready", "console")).build(),
                List.of(new ProcessThing(init), ready, new Pipe())));
    }

    /** In the place of a monitor that was killed, until pid 1 has ended. */
    private void drain(Packet packet, List<ModelHost.Thing> things) {
        List<String> names = List.of(packet.first("fds").orElse("").split(" "));
        rundir = Path.of(((ModelHost.Open) things.get(names.indexOf("rundir"))).path);
        host.monitorLocks.put(rundir, self);
        things.forEach(self::hold);
        go = true;
        ((ProcessThing) things.get(names.indexOf("pidfd"))).process.followed.add(() -> self.end(ExitStatus.exited(0)));
        answers.add(new Message(Packet.of("DRAINING").build(), List.of()));
    }

    private void go() {
        go = true;
        write("pid", init.pid + " " + init.startTime + "\n");
        ready.say(host.readyText);
        if (host.initEndsAtOnce) {
            init.end(ExitStatus.exited(3));
        }
    }

    private void initEnded(ExitStatus status) {
        if (self.ended || told) {
            return;
        }
        told = true;
        if (go) {
            write("exit", status + " 1700000000\n");
        }
        self.end(ExitStatus.exited(0));
    }

    /** Before GO this is the end of everything; afterwards it means nothing. */
    void controlClosed() {
        if (!self.ended && !go) {
            if (init != null && !init.ended) {
                init.end(ExitStatus.killed(9));
            }
            self.end(ExitStatus.exited(role.equals("monitor") ? 1 : 0));
        }
    }

    ModelHost.Process init() {
        return init;
    }

    private void write(String file, String text) {
        try {
            Files.writeString(rundir.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
