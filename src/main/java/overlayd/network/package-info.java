/**
 * Plugs a subhost's cables: carries out the steps that make its network namespace, the veth pairs and VLANs in it, ifup and ifdown
 * of host ends without a bridge, and takes them back.
 */
package overlayd.network;
