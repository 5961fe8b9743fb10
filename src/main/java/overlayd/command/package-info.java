/**
 * The commands a user types, over the same subhosts as the typed methods of {@code service}: parsing, tables, progress, messages, exit
 * codes. Changes nothing itself but for the directories of {@code --create}.
 */
package overlayd.command;
