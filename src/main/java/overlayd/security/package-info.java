/** What a subhost may do: from the keys of a configuration to capabilities, paths and system calls; the holes that stay. Pure. */
package overlayd.security;
