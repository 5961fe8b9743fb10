/**
 * What overlayd asks of the kernel, by subject, in the words of the domain: no JNA type appears here. {@code kernel.jna} does it.
 * Every call reports refusal as a {@link overlayd.kernel.KernelException}; nothing here logs, sleeps or decides.
 */
package overlayd.kernel;
