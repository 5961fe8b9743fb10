package overlayd.config;

/** An amount of memory: the tmpfs on /run, the limit of MEMORY. */
public sealed interface RamSize {
    /** What mount(2) takes after {@code size=}; empty when nothing is mounted. */
    String mountOption();

    /** No mount, no limit. */
    record None() implements RamSize {
        @Override
        public String mountOption() {
            return "";
        }
    }

    /**
     * So many bytes.
     *
     * @param bytes 0 = without limit, as tmpfs has it
     */
    record Bytes(long bytes) implements RamSize {
        @Override
        public String mountOption() {
            return Long.toString(bytes);
        }
    }

    /**
     * A share of the host's memory.
     *
     * @param percent 1 to 100
     */
    record Percent(int percent) implements RamSize {
        @Override
        public String mountOption() {
            return percent + "%";
        }
    }
}
