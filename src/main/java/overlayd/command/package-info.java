/**
 * The commands a user types and the methods a program calls, over the same subhosts: parsing, tables, JSON, progress, messages, exit
 * codes. Changes nothing itself but for the directories of {@code --create}.
 */
package overlayd.command;
