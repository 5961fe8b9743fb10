package overlayd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountTierTest {
    @Test
    void the_environment_forces_a_tier_by_its_word() {
        for (MountTier tier : MountTier.values()) {
            assertEquals(Optional.of(tier), MountTier.forced(Map.of(MountTier.VARIABLE, tier.word())));
        }
        assertEquals(Optional.empty(), MountTier.forced(Map.of()));
    }

    @Test
    void another_word_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> MountTier.forced(Map.of(MountTier.VARIABLE, "best")));
    }

    @Test
    void metacopy_is_always_off() {
        OverlayMount overlay = new OverlayMount(java.util.List.of("/l"), "/u", "/w", Map.of("metacopy", "on"));
        assertEquals(Map.of("metacopy", "off"), overlay.options());
    }
}
