package overlayd.subhost;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import overlayd.kernel.Deadline;
import overlayd.kernel.Fd;
import overlayd.kernel.Pipes;

/** Pipes and files in memory, over a {@link ModelHost}. */
final class ModelPipes implements Pipes {
    private final ModelKernel kernel;
    private final ModelHost host;

    ModelPipes(ModelKernel kernel) {
        this.kernel = kernel;
        this.host = kernel.host;
    }

    @Override
    public long transfer(Fd from, Fd to, int most) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pipe pipe() {
        ModelMonitor.Pipe pipe = new ModelMonitor.Pipe();
        return new Pipe(kernel.fd(pipe), kernel.fd(pipe));
    }

    @Override
    public Fd memoryFile(String name, byte[] content, Sealing sealing) {
        return kernel.fd(name.equals("seccomp") ? new ModelHost.Kept() : new ModelMonitor.Pipe());
    }

    @Override
    public void writeAll(Fd fd, byte[] bytes) {
        String file = kernel.thing(ModelHost.Open.class, fd).path;
        if (file.endsWith("_map")) { // the same for both; nobody looks at a log's lines here
            String[] ids = new String(bytes, StandardCharsets.US_ASCII).strip().split(" ");
            host.processes.get(Integer.parseInt(file.split("/")[2])).userns.map = "%10s %10s %10s\n".formatted((Object[]) ids);
        }
    }

    @Override
    public byte[] readAll(Fd fd, int limit) {
        return new byte[0];
    }

    @Override
    public byte[] contents(Fd fd, int limit) {
        ModelMonitor.Pipe file = kernel.thing(ModelMonitor.Pipe.class, fd);
        byte[] all = new byte[file.bytes.size()];
        int next = 0;
        for (byte b : file.bytes) {
            all[next++] = b;
        }
        return all;
    }

    @Override
    public Optional<byte[]> read(Fd fd, int limit, Deadline deadline) {
        ModelMonitor.Pipe pipe = kernel.thing(ModelMonitor.Pipe.class, fd);
        while (pipe.bytes.isEmpty() && pipe.writer != null && !pipe.writer.ended && !deadline.passed() && !kernel.isDead()) {
            kernel.awaitNews();
        }
        byte[] some = new byte[Math.min(limit, pipe.bytes.size())];
        for (int i = 0; i < some.length; i++) {
            some[i] = pipe.bytes.poll();
        }
        return some.length == 0 && pipe.writer != null && !pipe.writer.ended ? Optional.empty() : Optional.of(some);
    }

    @Override
    public Fd duplicate(Fd fd) {
        return kernel.fd(kernel.thing(fd));
    }

    @Override
    public Fd own(int number) {
        throw new UnsupportedOperationException();
    }
}
