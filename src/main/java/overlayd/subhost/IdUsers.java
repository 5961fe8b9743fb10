package overlayd.subhost;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import overlayd.config.IdRange;

/** Who has which ids of the host: accounts, those that users may take by newuidmap(1), and user namespaces that processes are in. Pure. */
final class IdUsers {
    /**
     * Somebody with ids.
     *
     * @param who in words
     * @param root whether that is the host's root, who may give them away
     */
    record User(IdRange ids, String who, boolean root) {
    }

    private final List<User> users = new ArrayList<>();

    /** Lines of passwd(5) or group(5); {@code kind}: "user" or "group". */
    IdUsers accounts(String text, String kind) {
        lines(text, ":", 3, fields -> add(fields[2], "1", "they include " + kind + " " + fields[0] + " of the host", false));
        return this;
    }

    /** Lines of subuid(5) or subgid(5). */
    IdUsers delegated(String text, String file) {
        lines(text, ":", 3, fields -> add(fields[1], fields[2], file + " gives " + fields[0] + " the ids " + fields[1] + ":" + fields[2],
                fields[0].equals("root") || fields[0].equals("0")));
        return this;
    }

    /** A uid_map or gid_map of user_namespaces(7), each line once. */
    IdUsers mapped(Collection<String> maps) {
        maps.stream().flatMap(String::lines).distinct().forEach(line -> lines(line.strip(), "\\s+", 3, fields ->
                add(fields[1], fields[2], "processes in another user namespace have " + fields[1] + ":" + fields[2], false)));
        return this;
    }

    private static void lines(String text, String separator, int fewest, Consumer<String[]> each) {
        text.lines().filter(line -> !line.startsWith("#")).map(line -> line.split(separator, -1)).filter(fields -> fields.length >= fewest)
                .forEach(each);
    }

    private void add(String start, String count, String who, boolean root) {
        if (start.matches("[0-9]{1,10}") && count.matches("[1-9][0-9]{0,9}")) {
            users.add(new User(new IdRange(Long.parseLong(start), Long.parseLong(count)), who, root));
        }
    }

    /** Everybody who has one of {@code range}. */
    List<User> of(IdRange range) {
        return users.stream().filter(user -> user.ids().overlaps(range)).toList();
    }
}
