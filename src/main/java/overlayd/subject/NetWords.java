package overlayd.subject;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlayd.config.Subnet;
import overlayd.subhost.Net;

/** A network as users and programs ask for one. */
public final class NetWords {
    private static final int LONGEST_NAME = 15;
    /** Room for the bridge and one subhost. */
    private static final int SMALLEST = 2;

    private NetWords() {
    }

    public static boolean isName(String name) {
        return name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0," + (LONGEST_NAME - 1) + "}");
    }

    /** @throws UsageException the name or an address is none, or no host can have it */
    public static Net net(String name, List<String> addresses, boolean masquerade) throws UsageException {
        if (!isName(name)) {
            throw new UsageException("\"" + Shown.of(name) + "\" cannot be a bridge's name: at most " + LONGEST_NAME + " letters, digits, dots, dashes"
                    + " and underscores");
        }
        if (addresses.isEmpty()) {
            throw new UsageException("a network needs an address: overlay net create " + name + " 10.0.3.1/24");
        }
        List<Subnet> subnets = new ArrayList<>();
        for (String text : addresses) {
            Subnet subnet = Subnet.parse(text).orElseThrow(() -> new UsageException("\"" + Shown.of(text)
                    + "\" is no address with the length of its network, such as 10.0.3.1/24 or fd00:3::1/64"));
            Optional<String> unusable = subnet.unusable();
            if (unusable.isPresent()) {
                throw new UsageException(text + " " + unusable.get() + "; give the bridge another address of that network, such as the first");
            }
            if (8 * subnet.address().getAddress().length - subnet.prefix() < SMALLEST) {
                throw new UsageException(text + " is a network without room for a subhost");
            }
            if (subnets.stream().anyMatch(subnet::overlaps)) {
                throw new UsageException(text + " overlaps with another address given");
            }
            subnets.add(subnet);
        }
        return new Net(name, subnets, masquerade ? Net.Masquerade.YES : Net.Masquerade.NO);
    }
}
