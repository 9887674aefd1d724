package dev.longhaul.api.files;

import dev.longhaul.store.FileStore;
import dev.longhaul.store.FileStore.UploadedObject;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file, or of a part of one, on their way in. Few stay in memory; of more a segment is filled while the one before
 * is written to S3. Unless {@link #keep} was called, {@link #close} removes every trace. Belongs to one thread, which may block.
 */
final class IncomingBytes implements AutoCloseable {
    /** Files up to this long are kept in PostgreSQL. */
    static final int INLINE = 64 << 10;

    private static final Logger LOG = Logger.getLogger(IncomingBytes.class);
    private static final Executor WRITERS = Executors.newVirtualThreadPerTaskExecutor();
    private static final int PUT_ATTEMPTS = 3;

    /** What all of them need. */
    record Means(ObjectStore objects, PartBuffers buffers, LiveUploads live) {}

    /** Where it is noted that objects are about to be written, so that they are found whatever becomes of this process. */
    interface Ledger {
        /** Before the first object. */
        void begin();

        /**
         * Before any object is deleted: the bytes cannot become readable any more.
         *
         * @return false when they are readable after all
         */
        boolean giveUp();

        /** After all objects were deleted. */
        void forget();
    }

    private final Means means;
    private final String id;
    private final String keyPrefix;
    private final int inline;
    private final Ledger ledger;
    private final List<UploadedObject> objects = new ArrayList<>();
    private byte[] head;
    private byte @Nullable [] part;
    private int filled;
    private long total;
    /** A segment on its way to S3; there is one at a time. */
    private @Nullable CompletableFuture<Void> writing;

    private @Nullable FirstLine firstLine;
    private boolean begun;
    private boolean kept;

    /**
     * Begins.
     *
     * @param id of the file or part
     * @param keyPrefix what the keys of its objects begin with, and of no other's
     * @param inline up to how many bytes need no object
     */
    IncomingBytes(Means means, String id, String keyPrefix, int inline, Ledger ledger) {
        this.means = means;
        this.id = id;
        this.keyPrefix = keyPrefix;
        this.inline = inline;
        this.ledger = ledger;
        this.head = new byte[Math.min(inline, 4 << 10)];
    }

    /**
     * Takes more bytes.
     *
     * @throws StoreException if the ones before cannot be stored
     */
    void write(byte[] bytes, int offset, int length) throws InterruptedException {
        int from = offset;
        int rest = length;
        while (rest > 0) {
            byte[] target = roomFor(rest);
            int count = Math.min(rest, target.length - filled);
            System.arraycopy(bytes, from, target, filled, count);
            filled += count;
            total += count;
            from += count;
            rest -= count;
        }
    }

    private byte[] roomFor(int more) throws InterruptedException {
        if (part == null) {
            if (filled + more <= inline) {
                if (filled + more > head.length) {
                    head = Arrays.copyOf(head, Math.min(inline, Math.max(2 * head.length, filled + more)));
                }
                return head;
            }
            begin();
            part = means.buffers().take();
            System.arraycopy(head, 0, part, 0, filled);
        } else if (filled == part.length) {
            part = exchange(part);
            filled = 0;
        }
        return part;
    }

    private void begin() {
        begun = true;
        means.live().add(id);
        ledger.begin();
    }

    /** Sends a full buffer off and finds an empty one: a free one, or the same once its bytes are in S3. */
    private byte[] exchange(byte[] full) {
        awaitWriting();
        byte[] next = means.buffers().poll(2 * full.length);
        if (next == null) {
            send(full, () -> {});
            awaitWriting();
            return full;
        }
        send(full, () -> means.buffers().giveBack(full));
        return next;
    }

    private void send(byte[] buffer, Runnable afterwards) {
        if (firstLine == null) {
            firstLine = FirstLine.of(buffer, filled, false);
        }
        String key = keyPrefix + objects.size();
        int length = filled;
        objects.add(new UploadedObject(key, length));
        writing = CompletableFuture.runAsync(() -> put(key, buffer, length), WRITERS)
                .whenComplete((done, failure) -> afterwards.run());
    }

    private void put(String key, byte[] buffer, int length) {
        for (int attempt = 1; ; attempt++) {
            try {
                means.objects().put(key, buffer, length);
                return;
            } catch (StoreUnavailableException e) {
                if (attempt == PUT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void awaitWriting() {
        CompletableFuture<Void> before = writing;
        if (before != null) {
            try {
                before.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof StoreException store ? store : e;
            }
            writing = null;
        }
    }

    /** Sends off what is left and waits until S3 has it all. */
    void complete() {
        byte[] last = part;
        if (last != null) {
            awaitWriting();
            part = null;
            send(last, () -> means.buffers().giveBack(last));
            awaitWriting();
        }
    }

    /** The file's first line, as far as it is in the first segment; undefined before {@link #complete}. */
    FirstLine firstLine() {
        FirstLine known = firstLine;
        return known == null ? FirstLine.of(head, filled, true) : known;
    }

    String id() {
        return id;
    }

    long bytes() {
        return total;
    }

    /** Where the bytes are, after {@link #complete}. */
    FileStore.Content content() {
        return begun ? new FileStore.InObjects(objects) : new FileStore.Inline(Arrays.copyOf(head, filled));
    }

    /** The upload has become a file. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        CompletableFuture<Void> last = writing;
        if (last != null) {
            // Only then may its object be deleted: it could appear afterwards.
            last.exceptionally(failure -> null).join();
            writing = null;
        }
        byte[] open = part;
        if (open != null) {
            means.buffers().giveBack(open);
            part = null;
        }
        if (begun) {
            if (!kept) {
                discard();
            }
            means.live().remove(id);
        }
    }

    /**
     * The row decides, for a commit that failed for us may have succeeded: bytes that are a file by now stay. While PostgreSQL does not
     * say, nothing is deleted.
     */
    private void discard() {
        try {
            if (ledger.giveUp()) {
                means.objects().list(keyPrefix).forEach(means.objects()::delete);
                ledger.forget();
            }
        } catch (StoreException e) {
            LOG.warnf("id=%s left to the janitor: %s", id, e.getMessage());
        }
    }
}
