/** What is done with several subhosts in one go: those that belong together, in their order, and a trial that is a subhost of its own. */
package overlayd.group;
