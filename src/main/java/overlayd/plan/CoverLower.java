package overlayd.plan;

import java.nio.file.Path;

/** Mounts an overlay of {@code lower} alone at {@code place} in the private tmpfs on {@code live}: other lowerdirs lie inside of it. */
public record CoverLower(Path lower, Path live, Path place) implements MountStep {
    /** Where it is mounted. */
    public Path root() {
        return place.resolve("root");
    }

    @Override
    public String name() {
        return "cover lowerdir";
    }

    @Override
    public String operands() {
        return Quoted.path(lower) + ", inside of which checkpoints lie, by an overlay on " + Quoted.path(root());
    }

    @Override
    public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
        return cases.covered(this);
    }
}
