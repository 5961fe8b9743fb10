package overlayd.kernel;

/**
 * Devices that a control group may open for reading and writing.
 *
 * @param kind CHARACTER_DEVICE or BLOCK_DEVICE
 * @param minor {@link #ANY} for every minor number
 */
public record DeviceRule(FileIdentity.Kind kind, int major, int minor) {
    /** In place of a minor number: all of them. */
    public static final int ANY = -1;

    public DeviceRule {
        if (kind != FileIdentity.Kind.CHARACTER_DEVICE && kind != FileIdentity.Kind.BLOCK_DEVICE) {
            throw new IllegalArgumentException("no kind of device: " + kind);
        }
        if (major < 0 || minor < ANY) {
            throw new IllegalArgumentException("no device number: " + major + ":" + minor);
        }
    }

    /** One character device. */
    public static DeviceRule character(int major, int minor) {
        return new DeviceRule(FileIdentity.Kind.CHARACTER_DEVICE, major, minor);
    }

    /** What a path led to, which must be a device. */
    public static DeviceRule of(FileIdentity device) {
        String[] number = FileIdentity.majorMinor(device.rawDevice()).split(":");
        return new DeviceRule(device.kind(), Integer.parseInt(number[0]), Integer.parseInt(number[1]));
    }

    /** Whether it is a disk or the like. */
    public boolean block() {
        return kind == FileIdentity.Kind.BLOCK_DEVICE;
    }

    /** As the devices controller of cgroup v1 takes it: {@code c 10:229}, {@code c 136:*}. */
    public String text() {
        return (block() ? "b " : "c ") + major + ":" + (minor == ANY ? "*" : Integer.toString(minor));
    }
}
