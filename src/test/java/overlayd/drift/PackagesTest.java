package overlayd.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PackagesTest {
    private static Map<String, String> parse(String status) {
        return Packages.parse(status.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_status_file_is_read() {
        assertEquals(Map.of("libc6:amd64", "2.36-9", "tzdata:all", "2024a"), parse("""
                Package: libc6
                Status: install ok installed
                Priority: optional
                Architecture: amd64
                Version: 2.36-9
                Description: C library
                 Version: 9 is no field here
                 .
                Vendor: x

                Package: gone
                Status: deinstall ok config-files
                Architecture: amd64
                Version: 1

                Package: tzdata
                Status: hold ok installed
                Architecture: all
                Version: 2024a
                """));
    }

    @Test
    void the_last_one_needs_no_empty_line() {
        assertEquals(Map.of("a:all", "1"), parse("Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1"));
    }

    @Test
    void one_without_a_version_is_none() {
        assertEquals(Map.of(), parse("Package: a\nStatus: install ok installed\nVersion:\n\nStatus: install ok installed\nVersion: 1\n"));
    }

    @Property
    void a_subhosts_status_file_may_be_anything(@ForAll byte[] status) {
        Packages.parse(status);
    }
}
