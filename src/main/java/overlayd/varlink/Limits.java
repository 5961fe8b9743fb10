package overlayd.varlink;

import java.time.Duration;

/**
 * What one server spends on its clients.
 *
 * @param messageBytes length of one request
 * @param backlogBytes of all requests that have begun to come and are not answered
 * @param connections of one uid
 * @param rootConnections of uid 0
 * @param halfSent how long a message may take from its first byte to its last
 * @param unread how long a client may leave an answer unread
 * @param idle how long a thread waits for the next call of a connection before it is lent to others
 */
public record Limits(int messageBytes, long backlogBytes, int connections, int rootConnections, Duration halfSent, Duration unread, Duration idle) {
    /** 1 MiB, 4 MiB, 64 connections per uid, 2048 of root; 10 s for a half-sent message, 60 s for an unread answer. */
    public static final Limits DEFAULT =
        new Limits(1 << 20, 4 << 20, 64, 2048, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMillis(200));

    int connectionsOf(int uid) {
        return uid == 0 ? rootConnections : connections;
    }

    Limits withHalfSent(Duration value) {
        return new Limits(messageBytes, backlogBytes, connections, rootConnections, value, unread, idle);
    }

    Limits withUnread(Duration value) {
        return new Limits(messageBytes, backlogBytes, connections, rootConnections, halfSent, value, idle);
    }

    Limits withConnections(int value) {
        return new Limits(messageBytes, backlogBytes, value, value, halfSent, unread, idle);
    }
}
