/**
 * Makes a subhost's root: carries out the steps that mount it and what belongs into it, in the mount namespace a
 * {@link overlayd.kernel.Workplace} has unshared, and the few steps that write a file into UPPER before. Nothing here knows a
 * configuration; nothing below the root is reached by a path of the host.
 */
package overlayd.rootfs;
