package overlayd.plan;

/**
 * An AppArmor profile of the host that attaches by path to a program of a subhost, which has the same path there.
 *
 * @param name of the profile, as aa-status(8) shows it
 * @param mode enforce, complain or kill
 * @param program absolute path of the program
 */
public record HostProfile(String name, String mode, String program) {
}
