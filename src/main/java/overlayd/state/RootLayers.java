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
public record RootLayers(String kind, List<String> lower, String upper, String work, String live) {
    /** Of one whose configuration nobody has read. */
    public static final RootLayers NONE = new RootLayers("", List.of(), "", "", "");

    public RootLayers {
        lower = List.copyOf(lower);
    }

    /** Of that kind, on directories that are not known. */
    public static RootLayers of(String kind) {
        return new RootLayers(kind, List.of(), "", "", "");
    }
}
