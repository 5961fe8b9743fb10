package overlayd.kernel;

/**
 * What a file is, and when it was changed.
 *
 * @param changed st_ctime, when content or metadata changed last, which nobody can set; nanoseconds since the epoch
 * @param modified st_mtime, nanoseconds since the epoch
 */
public record FileDetail(FileIdentity identity, long changed, long modified) {
}
