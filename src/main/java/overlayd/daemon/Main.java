package overlayd.daemon;

/** Entry of the jar: the daemon, or with a command's name as first argument the Java twin of the client. */
public final class Main {
    private Main() {
    }

    public static void main(String[] arguments) {
        System.err.println("overlayd: nothing here yet");
        System.exit(70);
    }
}
