/** Numbers of all subhosts, as Prometheus reads them, on a socket of their own. Reads and counts only. */
package overlayd.metrics;
