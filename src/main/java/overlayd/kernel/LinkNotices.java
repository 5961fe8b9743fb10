package overlayd.kernel;

import java.util.Optional;
import java.util.Set;

/**
 * Hears of the interfaces of one netns (rtnetlink(7), RTNLGRP_LINK): of that which it was opened in, for ever. What is not asked for wakes nobody.
 * One thread at a time.
 */
public interface LinkNotices extends AutoCloseable {
    /** What is listened for: interfaces that have gone, or those that have come or are otherwise than before. */
    enum Kind { GONE, CHANGED }

    /** READABLE when there is something to take; stays this object's. */
    Fd fd();

    /** Names told of since the last call; does not wait. Empty: some notices were lost, so that whoever needs to know has to look. */
    Optional<Set<String>> take() throws KernelException;

    @Override
    void close();
}
