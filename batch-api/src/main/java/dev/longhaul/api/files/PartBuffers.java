package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all uploads of this process share. An upload needs one small buffer, and gets more and larger ones, which make
 * fewer objects, out of half of the memory. The other half is for those that begin: however slowly others send, so many of the
 * smallest buffers are theirs. For any thread.
 */
@ApplicationScoped
class PartBuffers {
    /** Bytes of the smallest buffer; the others are two, four and eight times as long. */
    static final int LEAST = 1 << 20;

    static final int MOST = 8 << 20;

    private final long budget;
    private final Duration patience;
    private final int forBeginners;
    /** In units of the smallest buffer; fair, or newcomers would wait behind those that take the next one. */
    private final Semaphore free;
    /** Buffers that nobody uses, by length: to make them anew costs more than to keep them. */
    private final Map<Integer, Deque<byte[]>> kept = new HashMap<>();

    private long made;

    PartBuffers(FilesConfig config) {
        this.budget = config.buffers().asLongValue();
        this.patience = config.bufferWait();
        int units = Math.toIntExact(budget / LEAST);
        if (units < 1) {
            throw new IllegalArgumentException("longhaul.files.buffers: must be at least 1M, but is " + budget);
        }
        forBeginners = units / 2;
        free = new Semaphore(units, true);
    }

    /**
     * Waits for a smallest buffer. Call it without holding one: uploads that wait for each other would wait for ever.
     *
     * @throws ApiException with status 429 when there is none for too long
     */
    byte[] take() throws InterruptedException {
        if (!free.tryAcquire(1, patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw ApiException.of(
                    429, "As many uploads as this service has memory for are under way. Please try again later.");
        }
        return array(LEAST);
    }

    /** A further buffer, of that length or shorter, if there is room. */
    byte @Nullable [] poll(int length) {
        for (int shorter = Math.min(length, MOST); shorter >= LEAST; shorter /= 2) {
            int units = shorter / LEAST;
            // Two at once may both find the room that is there for one, which costs beginners a moment and no more.
            if (free.availablePermits() - units >= forBeginners && free.tryAcquire(units)) {
                return array(shorter);
            }
        }
        return null;
    }

    void giveBack(byte[] buffer) {
        synchronized (kept) {
            kept.computeIfAbsent(buffer.length, length -> new ArrayDeque<>()).push(buffer);
        }
        free.release(buffer.length / LEAST);
    }

    /** What is in use is within the budget; of the rest so much is let go that all together are. */
    private byte[] array(int length) {
        synchronized (kept) {
            Deque<byte[]> fitting = kept.get(length);
            if (fitting != null && !fitting.isEmpty()) {
                return fitting.pop();
            }
            for (Deque<byte[]> others : kept.values()) {
                while (made + length > budget && !others.isEmpty()) {
                    made -= others.pop().length;
                }
            }
            made += length;
        }
        return new byte[length];
    }
}
