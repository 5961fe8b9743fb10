package overlayd.group;

import overlayd.failure.Failure;
import overlayd.failure.RefusedException;

/** Why one of several was not booted, in a few words for those that require it. */
public final class GroupRefusal {
    private GroupRefusal() {
    }

    /** "failed: ...", which follows "it requires web, which". */
    public static String why(RefusedException refused) {
        return switch (refused.kind()) {
            case CONFIG -> "has errors in its configuration";
            case CANCELLED -> "was interrupted";
            default -> refused.failure().map(Failure::text).orElseGet(refused::getMessage).lines().findFirst().map(line -> "failed: " + line)
                    .orElse("failed");
        };
    }
}
