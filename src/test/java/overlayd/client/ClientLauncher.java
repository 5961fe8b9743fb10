package overlayd.client;

/** What the jar's main does with a command's name, for tests without the daemon's rooms. */
final class ClientLauncher {
    private ClientLauncher() {
    }

    public static void main(String[] arguments) {
        System.exit(ClientMain.run(arguments));
    }
}
