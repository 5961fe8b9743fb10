package overlayd.kernel;

import overlayd.kernel.jna.LinuxKernel;

/** Opens a kernel and says how that went: run in places where it is to be refused. */
final class OpenKernel {
    private OpenKernel() {
    }

    public static void main(String[] arguments) {
        try (Kernel kernel = LinuxKernel.open()) {
            System.out.println("opened " + kernel.processes().bootId());
        } catch (KernelException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
