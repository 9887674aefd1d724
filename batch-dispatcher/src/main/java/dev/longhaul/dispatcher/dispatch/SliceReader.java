package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.store.FileSegments;
import dev.longhaul.store.FileSegments.Segment;
import dev.longhaul.store.MissingObjectException;
import dev.longhaul.store.StoreUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads slices' bytes: one ranged read of the input file each, and where its segments are is remembered for the recent files. While
 * S3 does not answer, one read at a time tries it, with growing patience, and the others fail at once.
 */
@ApplicationScoped
class SliceReader {
    private static final int RECENT_FILES = 64;
    private static final long MIN_PATIENCE_MILLIS = 1_000;
    private static final long MAX_PATIENCE_MILLIS = 30_000;

    private final FileSegments files;
    private final Semaphore trial = new Semaphore(1);
    private volatile boolean away;
    private volatile long patienceMillis = MIN_PATIENCE_MILLIS;
    private final Map<String, List<Segment>> recent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<String, List<Segment>> eldest) {
            return size() > RECENT_FILES;
        }
    };

    SliceReader(FileSegments files) {
        this.files = files;
    }

    /** Whether the last read failed because a store did not answer. */
    boolean isAway() {
        return away;
    }

    /**
     * The slice's bytes; blocks for a second, and longer only where that is what a read takes.
     *
     * @throws StoreUnavailableException when a store is away
     * @throws MissingObjectException when S3 has no such bytes
     */
    byte[] read(SliceClaim claim) {
        boolean trying = away;
        if (trying && !trial.tryAcquire()) {
            throw new StoreUnavailableException("S3 does not answer, and another slice is trying it");
        }
        try {
            byte[] bytes = inTime(claim);
            away = false;
            return bytes;
        } catch (MissingObjectException e) {
            away = false;
            throw e;
        } catch (StoreUnavailableException e) {
            away = true;
            throw e;
        } finally {
            if (trying) {
                trial.release();
            }
        }
    }

    private byte[] inTime(SliceClaim claim) {
        FutureTask<byte[]> task =
                new FutureTask<>(() -> files.read(segments(claim.inputFileId()), claim.offset(), claim.length()));
        Thread reader = Thread.ofVirtual().name("read-slice").start(task);
        long patience = patienceMillis;
        try {
            byte[] bytes = task.get(patience, TimeUnit.MILLISECONDS);
            patienceMillis = Math.max(MIN_PATIENCE_MILLIS, patience / 2);
            return bytes;
        } catch (TimeoutException e) {
            reader.interrupt();
            patienceMillis = Math.min(MAX_PATIENCE_MILLIS, 2 * patience);
            throw new StoreUnavailableException("S3 gave no answer within " + patience + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new StoreUnavailableException("a slice cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while reading a slice", e);
        }
    }

    private List<Segment> segments(String fileId) {
        synchronized (recent) {
            List<Segment> known = recent.get(fileId);
            if (known != null) {
                return known;
            }
        }
        // An input file never changes once it is there, so two readers at once find the same.
        List<Segment> segments = files.of(fileId);
        if (!segments.isEmpty()) {
            synchronized (recent) {
                recent.put(fileId, segments);
            }
        }
        return segments;
    }
}
