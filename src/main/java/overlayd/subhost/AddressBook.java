package overlayd.subhost;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import overlayd.config.Subnet;
import overlayd.plan.AutoAddress;
import overlayd.plan.CableStep;

/**
 * Which address ADDRESS=auto has given to which name, in a file of the state directory: one line each, "NAME END BRIDGE ADDRESS/PREFIX". A name
 * keeps its addresses until it is removed, or until a network without a free one needs those of names that do not run. What was chosen counts
 * at once, so that two boots at the same time never get the same; it is written down by the boot. Any thread.
 */
final class AddressBook {
    private record Entry(String name, String end, String bridge, Subnet address) {
        String line() {
            return name + " " + end + " " + bridge + " " + address + "\n";
        }

        static Optional<Entry> parse(String line) {
            String[] words = line.split(" ");
            return words.length != 4 ? Optional.empty() : Subnet.parse(words[3]).map(address -> new Entry(words[0], words[1], words[2], address));
        }
    }

    /** Who asks: an inner end of a subhost, and the bridge on its other side. */
    record Asker(String name, String end, String bridge) {
        private boolean owns(Entry entry) {
            return entry.name().equals(name) && entry.end().equals(end);
        }
    }

    /** What nobody may be given. {@code taken}: in use by somebody else. {@code seen}: somebody answered for it, perhaps the asker of old. */
    record Used(Set<InetAddress> taken, Set<InetAddress> seen) {
    }

    private final Path file;
    private final List<Entry> entries;
    private String written;

    AddressBook(Path file) throws IOException {
        this.file = file;
        this.written = read(file);
        this.entries = new ArrayList<>(written.lines().flatMap(line -> Entry.parse(line).stream()).toList());
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException none) {
            return "";
        }
    }

    /** An address of each network of the bridge (the first of each version of IP): the recorded one where it still fits, else a free one. */
    synchronized List<Subnet> choose(Asker asker, List<Subnet> bridge, Used used, Predicate<String> lives) {
        List<Subnet> chosen = new ArrayList<>();
        Set<Boolean> versions = new HashSet<>();
        for (Subnet network : bridge) {
            if (versions.add(network.isV4())) {
                choose(asker, network, used, lives).ifPresent(chosen::add);
            }
        }
        entries.removeIf(asker::owns);
        chosen.forEach(address -> entries.add(new Entry(asker.name(), asker.end(), asker.bridge(), address)));
        return chosen;
    }

    private Optional<Subnet> choose(Asker asker, Subnet network, Used used, Predicate<String> lives) {
        Optional<Subnet> recorded = entries.stream().filter(asker::owns).map(Entry::address)
                .filter(address -> address.prefix() == network.prefix() && network.contains(address.address())
                        && !address.address().equals(network.address()) && !used.taken().contains(address.address())).findFirst();
        if (recorded.isPresent()) {
            return recorded;
        }
        String seed = asker.end().equals("eth0") ? asker.name() : asker.name() + "/" + asker.end();
        Set<InetAddress> all = new HashSet<>(used.taken());
        all.addAll(used.seen());
        Set<InetAddress> living = new HashSet<>(all);
        for (Entry entry : entries) {
            if (!asker.owns(entry)) {
                all.add(entry.address().address());
                if (lives.test(entry.name())) {
                    living.add(entry.address().address());
                }
            }
        }
        return AutoAddress.choose(network, seed, all).or(() -> AutoAddress.choose(network, seed, living));
    }

    /** Writes the choice down, by rename, if it is news. */
    synchronized void keep(CableStep.KeepAddress step) throws IOException {
        Asker asker = new Asker(step.subhost(), step.end(), step.bridge());
        entries.removeIf(entry -> asker.owns(entry) || step.addresses().contains(entry.address()));
        step.addresses().forEach(address -> entries.add(new Entry(asker.name(), asker.end(), asker.bridge(), address)));
        write();
    }

    /** Forgets a name that is no more. */
    synchronized void forget(String name) throws IOException {
        entries.removeIf(entry -> entry.name().equals(name));
        write();
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder();
        entries.forEach(entry -> text.append(entry.line()));
        if (text.toString().equals(written)) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text, StandardCharsets.US_ASCII);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        written = text.toString();
    }
}
