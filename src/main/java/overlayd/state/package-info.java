/**
 * What is kept of a subhost while it runs: its record, its journal of inverses, and the runtime directory they lie in. Written beside their
 * place and renamed; what cannot be read is put aside, never guessed.
 */
package overlayd.state;
