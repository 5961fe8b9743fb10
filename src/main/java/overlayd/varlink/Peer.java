package overlayd.varlink;

/** The process that made a connection, as the kernel recorded it at connect(2) (SO_PEERCRED, unix(7)). The pid may be gone or reused. */
public record Peer(int pid, int uid, int gid) {
}
