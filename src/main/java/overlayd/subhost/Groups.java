package overlayd.subhost;

import java.time.Duration;
import java.util.List;
import overlayd.kernel.Kernel;

/** The control groups of this instance's subhosts. */
final class Groups {
    Groups(Kernel kernel, Instance instance) {
    }

    boolean available() {
        return false;
    }

    void make(String name) {
    }

    List<InitStarter.Named> open(String name) {
        return List.of();
    }

    void kill(String name) {
    }

    void remove(String group, Duration bound) {
    }
}
