/** The typed Varlink interfaces: parameters to what they mean, replies, refusals by their names. */
package overlayd.service;
