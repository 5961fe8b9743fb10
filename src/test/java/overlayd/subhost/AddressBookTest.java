package overlayd.subhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlayd.config.Subnet;
import overlayd.plan.CableStep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

class AddressBookTest {
    private static final AddressBook.Used NOTHING = new AddressBook.Used(Set.of(), Set.of());

    @TempDir
    Path directory;

    private AddressBook book() throws IOException {
        return new AddressBook(directory.resolve("addresses"));
    }

    private static AddressBook.Asker asker(String name) {
        return new AddressBook.Asker(name, "eth0", "br0");
    }

    private static List<Subnet> network(String... texts) {
        return java.util.Arrays.stream(texts).map(text -> Subnet.parse(text).orElseThrow()).toList();
    }

    private static void keep(AddressBook book, String name, List<Subnet> addresses) throws IOException {
        book.keep(new CableStep.KeepAddress(name, "eth0", "br0", addresses));
    }

    @Test
    void two_that_ask_at_once_get_different_addresses_and_nothing_is_written_yet() throws IOException {
        AddressBook book = book();
        List<Subnet> small = network("10.0.3.1/29");
        assertNotEquals(book.choose(asker("a"), small, NOTHING, name -> false), book.choose(asker("b"), small, NOTHING, name -> false));
        assertFalse(Files.exists(directory.resolve("addresses")));
    }

    @Test
    void a_name_keeps_its_address_over_a_restart_although_the_bridge_has_seen_it() throws IOException {
        AddressBook book = book();
        List<Subnet> chosen = book.choose(asker("web"), network("10.0.3.1/24", "fd03::1/64", "10.9.0.1/24"), NOTHING, name -> true);
        assertEquals(2, chosen.size(), "the first network of each version");
        keep(book, "web", chosen);
        AddressBook.Used seen = new AddressBook.Used(Set.of(), Set.of(chosen.get(0).address()));
        assertEquals(chosen, book().choose(asker("web"), network("10.0.3.1/24", "fd03::1/64"), seen, name -> true));
        assertNotEquals(chosen.get(0), book().choose(asker("db"), network("10.0.3.1/24"), seen, name -> true).get(0));
    }

    @Test
    void another_network_or_a_new_owner_takes_it_away() throws IOException {
        AddressBook book = book();
        List<Subnet> chosen = book.choose(asker("web"), network("10.0.3.1/24"), NOTHING, name -> true);
        keep(book, "web", chosen);
        AddressBook.Used taken = new AddressBook.Used(Set.of(chosen.get(0).address()), Set.of());
        assertNotEquals(chosen, book().choose(asker("web"), network("10.0.3.1/24"), taken, name -> true));
        assertEquals("10.0.4.", book().choose(asker("web"), network("10.0.4.1/24"), NOTHING, name -> true).get(0).toString().substring(0, 7));
    }

    @Test
    void a_full_network_takes_from_names_that_do_not_run() throws IOException {
        AddressBook book = book();
        List<Subnet> tiny = network("10.0.3.1/30");
        keep(book, "old", book.choose(asker("old"), tiny, NOTHING, name -> true));
        assertEquals(List.of(), book.choose(asker("web"), tiny, NOTHING, name -> true));
        assertEquals("[10.0.3.2/30]", book.choose(asker("web"), tiny, NOTHING, name -> false).toString());
        keep(book, "web", network("10.0.3.2/30"));
        assertEquals("web eth0 br0 10.0.3.2/30\n", Files.readString(directory.resolve("addresses")));
        book.forget("web");
        assertEquals("", Files.readString(directory.resolve("addresses")));
    }
}
