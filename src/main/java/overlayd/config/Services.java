package overlayd.config;

import java.util.List;

/**
 * The START list.
 *
 * @param list   in the order of starting; empty for {@code none}
 * @param origin absent services of the default list are skipped with a note, explicit ones are warned of
 */
public record Services(List<Service> list, ListOrigin origin) {
    /** Who chose the services. */
    public enum ListOrigin { DEFAULT, EXPLICIT }

    public Services {
        list = List.copyOf(list);
    }

    /** True when nobody chose these services. */
    public boolean isDefault() {
        return origin == ListOrigin.DEFAULT;
    }

    /**
     * One service.
     *
     * @param word a sysvinit name, or the absolute path in the subhost of a start-stop program
     * @param at   where it stands in the file
     */
    public record Service(String word, Position at) {
        /** True for the path of a start-stop program. */
        public boolean isProgram() {
            return word.startsWith("/");
        }

        /** True for the name of a systemd unit file, which is run without systemd. */
        public boolean isUnit() {
            return word.endsWith(".service") && !isProgram();
        }
    }
}
