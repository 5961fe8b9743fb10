package overlayd.state;

import java.util.List;

/**
 * The directories of the host that a subhost's root is made of; a part of its record that stays as it is while it lives.
 *
 * @param kind overlay, bind or premounted; empty: nobody knows
 * @param lower lowerdirs, top first
 * @param upper upperdir
 * @param work workdir
 * @param live mount point of the root
 */
public record RootDirectories(String kind, List<String> lower, String upper, String work, String live) {
    /** Of one whose configuration nobody has read. */
    public static final RootDirectories NONE = new RootDirectories("", List.of(), "", "", "");

    public RootDirectories {
        lower = List.copyOf(lower);
    }

    /** Of that kind, on directories that are not known. */
    public static RootDirectories of(String kind) {
        return new RootDirectories(kind, List.of(), "", "", "");
    }
}
