package overlayd.kernel;

/** A process overlayd started: leader of its own session and process group. Close it to drop the pidfd; that does not end the process. */
public record Child(int pid, Pidfd pidfd) implements AutoCloseable {
    @Override
    public void close() {
        pidfd.close();
    }
}
