package overlayd.kernel;

import java.util.Arrays;
import java.util.Optional;

/** The signals overlayd sends or names (signal(7)); numbers are equal on x86-64 and arm64. */
public enum Signal {
    HUP(1), INT(2), QUIT(3), ILL(4), TRAP(5), ABRT(6), BUS(7), FPE(8), KILL(9), USR1(10), SEGV(11), USR2(12), PIPE(13), ALRM(14),
    TERM(15), CHLD(17), CONT(18), STOP(19), TSTP(20), TTIN(21), TTOU(22), WINCH(28), PWR(30), SYS(31),
    /** SIGRTMIN+3 of glibc and musl programs: systemd as pid 1 halts. */
    RTMIN_3(37),
    /** SIGRTMIN+4: systemd as pid 1 powers off. */
    RTMIN_4(38);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** The signal of {@code number}, if this table has it. */
    public static Optional<Signal> of(int number) {
        return Arrays.stream(values()).filter(signal -> signal.number == number).findFirst();
    }
}
