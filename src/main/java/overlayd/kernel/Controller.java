package overlayd.kernel;

/** What control groups can limit (cgroups(7)). */
public enum Controller {
    MEMORY, CPU, PIDS, IO
}
