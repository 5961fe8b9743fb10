package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import overlayd.kernel.LinkNotices;

class LinuxLinkNoticesTest {
    /** An event that was on its way when they were closed: memory that is gone must not be read. */
    @Test
    void closed_ones_have_nothing_to_say() throws Exception {
        LinuxLinkNotices notices = new LinuxLinkNotices(LinkNotices.Kind.GONE);
        assertEquals(Optional.of(Set.of()), notices.take());
        notices.close();
        assertEquals(Optional.of(Set.of()), notices.take());
    }
}
