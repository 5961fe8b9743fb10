/**
 * A systemd unit file's text to a start-stop script, for roots that run without systemd. Pure: reads no file and starts nothing, so
 * that every decision can be tested by anybody. Uses no other room.
 */
package overlayd.unit;
