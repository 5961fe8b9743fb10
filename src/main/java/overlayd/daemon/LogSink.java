package overlayd.daemon;

/** Where messages go. Any thread. */
interface LogSink {
    /** False: it could not be written there, now. */
    boolean write(LogLine line);
}
