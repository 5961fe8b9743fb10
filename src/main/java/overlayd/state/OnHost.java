package overlayd.state;

import java.util.List;
import java.util.stream.Stream;

/**
 * What of the host is a subhost's beside its root: nobody else is to have it meanwhile; a part of its record.
 *
 * @param hostEnds host ends of its cables
 * @param macs fixed MAC addresses of its cables
 * @param writes what of the host is shared with it for writing, or was since its boot: paths without links
 */
public record OnHost(List<String> hostEnds, List<String> macs, List<String> writes) {
    public static final OnHost NOTHING = new OnHost(List.of(), List.of(), List.of());

    public OnHost {
        hostEnds = List.copyOf(hostEnds);
        macs = List.copyOf(macs);
        writes = List.copyOf(writes);
    }

    /** The same, and {@code path} is shared with it for writing. */
    public OnHost writing(String path) {
        return new OnHost(hostEnds, macs, Stream.concat(writes.stream(), Stream.of(path)).distinct().toList());
    }
}
