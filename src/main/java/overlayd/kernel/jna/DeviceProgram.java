package overlayd.kernel.jna;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import overlayd.kernel.DeviceRule;
import overlayd.kernel.Fd;
import overlayd.kernel.KernelException;

/**
 * The program that decides for a cgroup2 group which devices may be opened (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE): a comparison for each
 * rule, one after the other, and an answer. To make a node is allowed, as with the devices controller: who cannot open it has nothing
 * of it, and tar and dpkg can unpack it.
 */
final class DeviceProgram {
    // linux/bpf_common.h, linux/bpf.h: operation codes
    private static final int LOAD_WORD = 0x61;          // BPF_LDX | BPF_MEM | BPF_W
    private static final int MOVE_REGISTER = 0xbc;      // BPF_ALU | BPF_MOV | BPF_X
    private static final int MOVE_VALUE = 0xb7;         // BPF_ALU64 | BPF_MOV | BPF_K
    private static final int AND_VALUE = 0x54;          // BPF_ALU | BPF_AND | BPF_K
    private static final int SHIFT_RIGHT = 0x74;        // BPF_ALU | BPF_RSH | BPF_K
    private static final int JUMP_UNLESS_EQUAL = 0x55;  // BPF_JMP | BPF_JNE | BPF_K
    private static final int EXIT = 0x95;
    private static final int INSTRUCTION = 8;
    /** Registers: 1 holds the context (struct bpf_cgroup_dev_ctx: access and type, major, minor). */
    private static final int ANSWER = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    private static final int ACCESS_MAKE_NODE = 1;
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;
    /** Beside those of a supervisor on the groups above (systemd's DeviceAllow=): all have to agree. */
    private static final int ALLOW_MULTI = 2;
    private static final int ATTRIBUTES = 128;

    private DeviceProgram() {
    }

    /** Puts the rules on the group whose directory that is; they stay until it is removed. EPERM, ENOSYS, EINVAL. */
    static void attach(Fd group, String path, List<DeviceRule> rules) throws KernelException {
        try (Fd program = load(path, rules); Arena arena = new Arena()) {
            Pointer attributes = arena.zeroed(ATTRIBUTES);
            attributes.setInt(0, group.number());
            attributes.setInt(4, program.number());
            attributes.setInt(8, ATTACH_CGROUP_DEVICE);
            attributes.setInt(12, ALLOW_MULTI);
            Libc.call("attach device program to", path, SyscallNumber.BPF, PROG_ATTACH, Libc.address(attributes), 16);
        }
    }

    /** Whether this kernel takes such programs from us. */
    static boolean available() {
        try (Fd program = load("", List.of())) {
            return program.number() >= 0;
        } catch (KernelException refused) {
            return false;
        }
    }

    private static Fd load(String path, List<DeviceRule> rules) throws KernelException {
        byte[] code = code(rules);
        try (Arena arena = new Arena()) {
            Pointer attributes = arena.zeroed(ATTRIBUTES);
            attributes.setInt(0, TYPE_CGROUP_DEVICE);
            attributes.setInt(4, code.length / INSTRUCTION);
            attributes.setLong(8, Libc.address(arena.bytes(code)));
            attributes.setLong(16, arena.text("Apache-2.0"));
            attributes.setInt(68, ATTACH_CGROUP_DEVICE); // expected_attach_type
            return Libc.open("load device program for", path, SyscallNumber.BPF, PROG_LOAD, Libc.address(attributes), 72);
        }
    }

    /** The program's instructions (struct bpf_insn), in the machine's byte order. */
    static byte[] code(List<DeviceRule> rules) {
        ByteBuffer code = ByteBuffer.allocate((11 + rules.size() * 5) * INSTRUCTION).order(ByteOrder.nativeOrder());
        put(code, LOAD_WORD, TYPE, CONTEXT, 0, 0);
        put(code, MOVE_REGISTER, ACCESS, TYPE, 0, 0);
        put(code, AND_VALUE, TYPE, 0, 0, 0xffff);
        put(code, SHIFT_RIGHT, ACCESS, 0, 0, 16);
        put(code, LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        put(code, LOAD_WORD, MINOR, CONTEXT, 8, 0);
        put(code, JUMP_UNLESS_EQUAL, ACCESS, 0, 2, ACCESS_MAKE_NODE);
        answer(code, 1);
        for (DeviceRule rule : rules) {
            boolean one = rule.minor() != DeviceRule.ANY;
            put(code, JUMP_UNLESS_EQUAL, TYPE, 0, one ? 4 : 3, rule.block() ? BLOCK : CHARACTER);
            put(code, JUMP_UNLESS_EQUAL, MAJOR, 0, one ? 3 : 2, rule.major());
            if (one) {
                put(code, JUMP_UNLESS_EQUAL, MINOR, 0, 2, rule.minor());
            }
            answer(code, 1);
        }
        answer(code, 0);
        byte[] bytes = new byte[code.position()];
        code.flip().get(bytes);
        return bytes;
    }

    private static void answer(ByteBuffer code, int answer) {
        put(code, MOVE_VALUE, ANSWER, 0, 0, answer);
        put(code, EXIT, 0, 0, 0, 0);
    }

    /** The low half of the second byte is the target register on a little-endian machine, as ours are. */
    private static void put(ByteBuffer code, int operation, int target, int source, int offset, int value) {
        code.put((byte) operation).put((byte) (source << 4 | target)).putShort((short) offset).putInt(value);
    }
}
