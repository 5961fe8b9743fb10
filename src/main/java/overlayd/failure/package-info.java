/** What went wrong, in words for the user: step, operands, errno, the kernel's reason, likely cause and remedy. Decides and changes nothing. */
package overlayd.failure;
