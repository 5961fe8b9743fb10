package overlayd.config;

import java.time.Duration;

/**
 * How long things may take, in whole seconds; {@link Duration#ZERO} = without limit.
 *
 * @param start one service to start
 * @param stop  one service to stop; also what processes get after TERM
 * @param hook  a hook, an UPPER program, a {@code !command}
 */
public record Timeouts(Duration start, Duration stop, Duration hook) {}
