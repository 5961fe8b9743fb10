/** Reads what there is, in a root's layers and on the host, for those who decide. Changes nothing. */
package overlayd.facts;
