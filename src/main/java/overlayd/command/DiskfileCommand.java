package overlayd.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import overlayd.config.ByteText;
import overlayd.failure.RefusedException;
import overlayd.kernel.ImageMount.Access;
import overlayd.subhost.DiskRequest;
import overlayd.subject.Door;
import overlayd.subject.Shown;
import overlayd.subject.UsageException;

/**
 * overlay-diskfile: mounts a disk in a file for a boot, and prints the path. Upstream's helper for values of a configuration; called by
 * anybody else it only prints.
 */
final class DiskfileCommand implements Command {
    private static final String NAME = "overlay-diskfile";

    private final Door door;
    private final Model model = Model.of(NAME, "overlay-diskfile PATH [DISKFILE [INDEX]]")
            .about("Mounts a disk image's file system for a subhost.",
                    "For a configuration: LOWER=!overlay-diskfile mnt/ disk.img 2 mounts the second partition of disk.img on mnt, seen by"
                    + " the subhost alone, and is the path mnt/. Called otherwise it prints PATH and mounts nothing.")
            .operands("PATH [DISKFILE [INDEX]]", "1..3", "mount point, and perhaps a path below it; file; number of a partition, from 1 on")
            .exits(ExitCode.OK, ExitCode.USAGE, ExitCode.STEP, ExitCode.CONFIG)
            .build();

    DiskfileCommand(Door door) {
        this.door = door;
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        List<String> operands = given.operands();
        if (operands.size() > 1 && invocation.arguments().variable("ACTION").filter("overlay-boot"::equals).isPresent()) {
            Path directory = invocation.arguments().workingDirectory().orElseThrow(() -> new UsageException("the working directory was removed"));
            try {
                door.mountDisk(invocation.client().pid(), request(operands, directory, access(invocation)));
            } catch (RefusedException refused) {
                invocation.complain(NAME, "", refused.getMessage());
                return ExitCode.of(refused.kind()).number();
            }
        }
        invocation.console().out(operands.get(0) + "\n");
        return ExitCode.OK.number();
    }

    /** UPPER and WORK are written to; everything else is not. */
    private static Access access(Invocation invocation) {
        String key = invocation.arguments().variable("KEY").orElse("");
        return key.equals("UPPER") || key.equals("WORK") ? Access.READ_WRITE : Access.READ_ONLY;
    }

    private static DiskRequest request(List<String> operands, Path directory, Access access) throws UsageException {
        String path = operands.get(0);
        if (path.isEmpty() || operands.get(1).isEmpty()) {
            throw new UsageException("PATH and DISKFILE may not be empty");
        }
        int slash = path.lastIndexOf('/');
        String mountable = slash <= 0 ? path : path.substring(0, slash);
        Optional<Integer> index = Optional.empty();
        if (operands.size() > 2 && !operands.get(2).isEmpty()) {
            if (!operands.get(2).matches("[0-9]{1,5}")) {
                throw new UsageException("INDEX is the number of a partition, not " + Shown.of(operands.get(2)));
            }
            index = Optional.of(Integer.valueOf(operands.get(2)));
        }
        return new DiskRequest(resolve(directory, path), resolve(directory, mountable), resolve(directory, operands.get(1)), index,
                directory.normalize(), access);
    }

    private static Path resolve(Path directory, String path) {
        return directory.resolve(ByteText.path(path)).normalize();
    }
}
