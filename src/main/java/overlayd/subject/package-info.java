/** What the words of a user or a program mean: which subhosts, which of their files, which paths and values; and the door to them. */
package overlayd.subject;
