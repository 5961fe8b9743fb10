package overlayd.failure;

/**
 * Why a boot, stop or entry did not succeed, in all the parts an admin needs: nothing is left to be guessed from an errno.
 *
 * @param step name of the step that failed
 * @param operands what it was done on
 * @param errnoName "ENOSPC"; empty when the kernel gave none
 * @param kernelMessage the kernel's own sentence; empty when there is none
 * @param cause likely cause in one sentence
 * @param remedy what to change
 * @param undone whether everything that was done before was taken back
 */
public record Failure(String step, String operands, String errnoName, String kernelMessage, String cause, String remedy,
        boolean undone) {

    /** The same with what became of the undoing. */
    public Failure withUndone(boolean all) {
        return new Failure(step, operands, errnoName, kernelMessage, cause, remedy, all);
    }

    /** The same with other words of the kernel. */
    Failure saying(String words) {
        return new Failure(step, operands, errnoName, words, cause, remedy, undone);
    }

    /** One message: step, operands, errno, kernel's words; then cause, remedy and undoing, a line each. */
    public String text() {
        StringBuilder text = new StringBuilder(step);
        if (!operands.isEmpty()) {
            text.append(' ').append(operands);
        }
        text.append(" failed");
        if (!errnoName.isEmpty()) {
            text.append(": ").append(errnoName);
        }
        if (!kernelMessage.isEmpty()) {
            text.append(errnoName.isEmpty() ? ": " : " (").append(kernelMessage).append(errnoName.isEmpty() ? "" : ")");
        }
        if (!cause.isEmpty()) {
            text.append("\n  cause: ").append(cause);
        }
        if (!remedy.isEmpty()) {
            text.append("\n  remedy: ").append(remedy);
        }
        return text.append(undone ? "\n  everything was undone" : "\n  not everything could be undone; see the daemon's log").toString();
    }
}
