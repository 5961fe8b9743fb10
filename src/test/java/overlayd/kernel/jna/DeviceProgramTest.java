package overlayd.kernel.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.FileIdentity;

class DeviceProgramTest {
    private static final int EXIT = 0x95;

    @Test
    void a_program_of_any_number_of_rules_ends_with_exit() {
        for (DeviceRule rule : List.of(new DeviceRule(FileIdentity.Kind.CHARACTER_DEVICE, 136, DeviceRule.ANY), new DeviceRule(FileIdentity.Kind.CHARACTER_DEVICE, 10, 229))) {
            for (int count = 0; count < 40; count++) {
                byte[] code = DeviceProgram.code(Collections.nCopies(count, rule));
                assertEquals(0, code.length % 8);
                assertEquals((byte) EXIT, code[code.length - 8]);
            }
        }
    }
}
