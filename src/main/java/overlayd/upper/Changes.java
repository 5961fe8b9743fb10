package overlayd.upper;

import overlayd.kernel.KernelException;

/** Changes in order, by number from 0 on, that can be gone through again and again, however many there are. */
public interface Changes {
    /** Is given one after the other. */
    interface Each {
        void change(int number, Change change) throws KernelException;
    }

    /** The first one first. */
    void forward(Each each) throws KernelException;

    /** The last one first. */
    void backward(Each each) throws KernelException;
}
