package overlayd.kernel;

/**
 * The kernel (or a program run on the host) refused one call: what was asked for, on what, the errno, and what the kernel said.
 * Checked, because every caller has something to undo. Without a stack trace: what was asked for says where, many are a plain "no", and a
 * trace costs as much as ten system calls.
 */
public final class KernelException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String subject;
    private final Errno errno;
    private final String kernelText;

    /**
     * @param call what was attempted, as a verb phrase in lower case ("mount overlay")
     * @param subject the path, name or pid it was attempted on; printed in quotes
     * @param errno why it was refused
     * @param kernelText the kernel's own sentence (fs-context log, /dev/kmsg, netlink extended ack) or a known rule that
     *     was broken; empty when there is none
     */
    public KernelException(String call, Object subject, Errno errno, String kernelText) {
        super(text(call, String.valueOf(subject), errno, kernelText), null, true, false);
        this.call = call;
        this.subject = String.valueOf(subject);
        this.errno = errno;
        this.kernelText = kernelText;
    }

    /** As above, without a sentence of the kernel. */
    public KernelException(String call, Object subject, Errno errno) {
        this(call, subject, errno, "");
    }

    private static String text(String call, String subject, Errno errno, String kernelText) {
        String what = call + (subject.isEmpty() ? "" : " \"" + subject + "\"") + ": " + errno.name() + " (" + errno.meaning() + ")";
        return kernelText.isEmpty() ? what : what + ": " + kernelText;
    }

    /** What was attempted. */
    public String call() {
        return call;
    }

    /** What it was attempted on. */
    public String subject() {
        return subject;
    }

    /** Why it was refused. */
    public Errno errno() {
        return errno;
    }

    /** The kernel's own sentence, or empty. */
    public String kernelText() {
        return kernelText;
    }
}
