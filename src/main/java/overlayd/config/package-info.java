/**
 * The subhost configuration language: bytes in, a {@link overlayd.config.SubhostConfig} or every problem at once out.
 *
 * <p>Pure: nothing here reads the host, except {@link overlayd.config.FileTrust#inspect} and
 * {@link overlayd.config.ConfigFile#open}, which say so. Imports nothing of the other rooms and no library.
 */
package overlayd.config;
