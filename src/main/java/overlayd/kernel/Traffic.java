package overlayd.kernel;

/**
 * What has passed an interface since it was made (rtnl_link_stats64).
 *
 * @param link its name
 * @param receivedBytes that came in by it, as its own netns sees it
 * @param sentBytes that went out by it
 */
public record Traffic(String link, long receivedBytes, long sentBytes) {
}
