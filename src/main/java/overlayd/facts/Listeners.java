package overlayd.facts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import overlayd.config.Addressing.Publication;
import overlayd.config.Addressing.Transport;

/** Sockets of the host that wait for others (proc_net(5)): who would lose its port to a published one. Reads only; any host thread. */
public final class Listeners {
    private static final String TCP_LISTEN = "0A";
    private static final String UDP_UNCONNECTED = "07";

    /** A waiting socket. */
    private record Listener(InetAddress address, int port, String inode) {
        boolean collides(Publication wanted) {
            return port == wanted.hostPort() && (wanted.bound().isEmpty() || address.isAnyLocalAddress() || address.equals(wanted.bound().get()));
        }
    }

    private final Path proc;

    /** @param proc where procfs is mounted */
    public Listeners(Path proc) {
        this.proc = proc;
    }

    /** Who listens on that port already, in words. */
    public Optional<String> of(Publication wanted) {
        List<String> tables = wanted.transport() == Transport.TCP ? List.of("tcp", "tcp6") : List.of("udp", "udp6");
        return tables.stream().flatMap(table -> listeners(table).stream()).filter(listener -> listener.collides(wanted)).findFirst()
                .map(listener -> owner(listener.inode()).orElse("a program that listens on it"));
    }

    private List<Listener> listeners(String table) {
        List<Listener> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(proc.resolve("net").resolve(table), StandardCharsets.US_ASCII)) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 9 && (words[3].equals(TCP_LISTEN) || words[3].equals(UDP_UNCONNECTED) && table.startsWith("udp"))) {
                    String[] local = words[1].split(":");
                    found.add(new Listener(address(local[0]), Integer.parseInt(local[1], 16), words[9]));
                }
            }
        } catch (IOException none) {
            // A kernel without that protocol has no such table.
        }
        return found;
    }

    /** Words of four bytes, each in the machine's order. */
    private static InetAddress address(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        boolean little = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
        byte[] ordered = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ordered[i] = bytes[little ? i ^ 3 : i];
        }
        try {
            return InetAddress.getByAddress(ordered);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Optional<String> owner(String inode) {
        String socket = "socket:[" + inode + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), socket)) {
                    return Optional.of(Files.readString(process.resolve("comm")).strip() + " (process " + process.getFileName() + ")");
                }
            }
        } catch (IOException ended) {
            // The name is a courtesy.
        }
        return Optional.empty();
    }

    private static boolean holds(Path descriptors, String socket) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path one : open) {
                try {
                    if (Files.readSymbolicLink(one).toString().equals(socket)) {
                        return true;
                    }
                } catch (IOException closed) {
                    // look on
                }
            }
        } catch (IOException ended) {
            // look on
        }
        return false;
    }
}
