/** Entering running subhosts: who is root in there, with which environment, on which terminal. Uses {@code subhost} and {@code kernel}. */
package overlayd.enter;
