/** What lies in an upperdir: how it differs from what is below, carried over to a tree and taken back. */
package overlayd.upper;
