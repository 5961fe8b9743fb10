/** What is told of subhosts, as values and as the JSON of the interface descriptions: one form for commands and typed methods. */
package overlayd.report;
