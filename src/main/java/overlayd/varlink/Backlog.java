package overlayd.varlink;

/**
 * What all clients of a server have sent that is not answered yet, in bytes: bounded, whatever one of them may send, so that a thousand
 * half-sent messages do not fill the daemon's memory. A share that is small is never refused: ordinary calls pass while others misbehave.
 * Thread-safe.
 */
final class Backlog {
    /** Bytes of one connection that always have room: more than an ordinary call is long. */
    static final int SMALL_BYTES = 4096;

    private final long most;
    private long held;

    /** @param most bytes of all clients together */
    Backlog(long most) {
        this.most = most;
    }

    /** The part of one connection. */
    Share share() {
        return new Share();
    }

    /** Bytes held now. */
    synchronized long held() {
        return held;
    }

    private synchronized long add(long bytes) {
        return held += bytes;
    }

    final class Share implements AutoCloseable {
        private long own;

        /** @throws ProtocolFault there is no room for a share that is not small; what it has is given back by {@link #close} */
        void take(int bytes) throws ProtocolFault {
            long mine;
            synchronized (this) {
                own += bytes;
                mine = own;
            }
            if (add(bytes) > most && mine > SMALL_BYTES) {
                throw new ProtocolFault("too much is under way from all clients together");
            }
        }

        /** Of a message that has been answered. */
        void give(int bytes) {
            long back;
            synchronized (this) {
                back = Math.min(bytes, own); // the rest went with the connection
                own -= back;
            }
            add(-back);
        }

        @Override
        public void close() {
            give(Integer.MAX_VALUE);
        }
    }
}
