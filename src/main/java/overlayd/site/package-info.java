/** The directories and the configuration file of a subhost: made for one that is not there yet, taken away with one that goes. */
package overlayd.site;
