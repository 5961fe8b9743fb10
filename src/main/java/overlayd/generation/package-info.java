/** The generations of an upperdir: checkpoints it lies on, states it was rolled back from; how one takes the place of another. */
package overlayd.generation;
