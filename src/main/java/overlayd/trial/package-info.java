/** What can be done with the layers of a subhost or the host that does not run on them: trials, reset, checkpoints, drift, copies. */
package overlayd.trial;
