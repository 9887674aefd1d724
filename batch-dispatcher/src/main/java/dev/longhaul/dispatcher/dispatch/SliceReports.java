package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Keeps the slices this process holds, and tells PostgreSQL in one statement for many what became of them. */
@ApplicationScoped
public class SliceReports {
    private static final Logger LOG = Logger.getLogger(SliceReports.class);
    private static final long RETRY_MILLIS = 500;

    private final ClaimStore store;
    private final Map<SliceClaim, SliceRun> held = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<SliceRun> finished = new LinkedBlockingQueue<>();
    private volatile Runnable onFreed = () -> {};

    SliceReports(ClaimStore store) {
        this.store = store;
        Thread.ofVirtual().name("slice-reports").start(this::run);
    }

    /** What to do when slices have been let go; quick, any thread. */
    public void whenFreed(Runnable action) {
        onFreed = action;
    }

    void hold(SliceRun run) {
        held.put(run.claim(), run);
    }

    /** The run is finished: nothing of it is open any more. Never blocks. */
    void add(SliceRun run) {
        held.remove(run.claim());
        finished.add(run);
    }

    /** What is held now. */
    List<SliceRun> held() {
        return List.copyOf(held.values());
    }

    /** How many slices are held. */
    public int heldSlices() {
        return held.size();
    }

    long heldBytes() {
        return held.keySet().stream().mapToLong(SliceClaim::length).sum();
    }

    public boolean isIdle() {
        return held.isEmpty() && finished.isEmpty();
    }

    private void run() {
        try {
            while (true) {
                List<SliceRun> batch = new ArrayList<>();
                batch.add(finished.take());
                finished.drainTo(batch);
                onFreed.run();
                write(batch.stream().map(SliceRun::report).collect(Collectors.toList()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<ClaimStore.Report> reports) throws InterruptedException {
        while (true) {
            try {
                store.report(reports);
                return;
            } catch (StoreException e) {
                LOG.warnf("LH-D021 PostgreSQL did not take %d slice reports, trying again: %s", reports.size(), e.getMessage());
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        }
    }
}
