/** Which subhost waits for which: a graph of names, whether it can be gone through, and what may be begun next. Pure. */
package overlayd.order;
