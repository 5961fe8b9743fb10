package overlayd.group;

import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import overlayd.order.Departures;
import overlayd.order.Edge;
import overlayd.order.Graph;

/** Goes through subhosts in the order of a graph: whoever waits for nobody any more is worked on, some at a time. */
public final class Procession {
    /** Boots mostly wait for their services; more at once would only make each slower. */
    static final int AT_ONCE = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    /** The work on one. */
    public interface Work {
        /** On a thread of its own; one that is alone on the caller's. @return whether those that require it may go on */
        boolean on(String name);
    }

    private Procession() {
    }

    /**
     * Returns when everybody has been worked on or left out. The graph has no cycle.
     *
     * @param left who is left out, with whom it requires: in the caller's thread
     */
    public static void run(Graph graph, Work work, Consumer<Edge> left) {
        if (graph.names().isEmpty()) {
            return;
        }
        if (graph.names().size() == 1) {
            // A thread costs a stop of one subhost more than the word to its first process.
            run(new Departures(graph), new ExecutorCompletionService<>(Runnable::run), work, left);
            return;
        }
        ExecutorService executor = Executors.newFixedThreadPool(Math.min(AT_ONCE, graph.names().size()), runnable -> {
            Thread thread = new Thread(runnable, "procession");
            thread.setDaemon(true);
            return thread;
        });
        try {
            run(new Departures(graph), new ExecutorCompletionService<>(executor), work, left);
        } finally {
            executor.shutdown();
        }
    }

    private record Done(String name, boolean ready) {
    }

    private static void run(Departures departures, CompletionService<Done> service, Work work, Consumer<Edge> left) {
        int underway = 0;
        RuntimeException broken = null;
        do {
            for (String name : departures.next()) {
                service.submit(() -> new Done(name, work.on(name)));
                underway++;
            }
            if (underway == 0) {
                throw new IllegalStateException("subhosts wait for one another");
            }
            try {
                Done done = service.take().get();
                if (done.ready()) {
                    departures.ready(done.name());
                } else {
                    departures.failed(done.name()).forEach(left);
                }
            } catch (ExecutionException defect) {
                broken = new IllegalStateException(defect.getCause());
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                return;
            }
            underway--;
        } while (underway > 0 || !departures.isOver() && broken == null);
        if (broken != null) {
            throw broken;
        }
    }
}
