/**
 * What is kept of a subhost while it runs: its record, its journal of inverses, the runtime directory they lie in, and the locks on the
 * directories that are its alone. Files are written beside their place and renamed; what cannot be read is put aside, never guessed.
 */
package overlayd.state;
