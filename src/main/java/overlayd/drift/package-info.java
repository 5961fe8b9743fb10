/** Whether what lies below a subhost is still what it was: packages changed on the host, files that hide newer ones, databases that tell of others. */
package overlayd.drift;
