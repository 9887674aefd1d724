package dev.longhaul.api.files;

import dev.longhaul.model.ObjectKeys;
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
 * One file's bytes on their way in. Small files stay in memory; of larger ones a segment is filled while the one before is
 * written to S3. Unless {@link #keep} was called, {@link #close} removes every trace. Belongs to one thread, which may block.
 */
final class Upload implements AutoCloseable {
    /** Files up to this long are kept in PostgreSQL. */
    static final int INLINE = 64 << 10;

    private static final Logger LOG = Logger.getLogger(Upload.class);
    private static final Executor WRITERS = Executors.newVirtualThreadPerTaskExecutor();
    private static final int PUT_ATTEMPTS = 3;

    /** What uploads need. */
    record Means(FileStore files, ObjectStore objects, PartBuffers buffers, LiveUploads live) {}

    private final Means means;
    private final String tenantId;
    private final String id;
    private final List<UploadedObject> objects = new ArrayList<>();
    private byte[] head = new byte[4 << 10];
    private byte @Nullable [] part;
    private int filled;
    private long total;
    private @Nullable Writing writing;
    private @Nullable Boolean beginsWithObject;
    private boolean begun;
    private boolean kept;

    /** A segment on its way to S3, and the buffer it is in. */
    private record Writing(CompletableFuture<Void> done, byte[] buffer) {}

    Upload(Means means, String tenantId, String id) {
        this.means = means;
        this.tenantId = tenantId;
        this.id = id;
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
            if (filled + more <= INLINE) {
                if (filled + more > head.length) {
                    head = Arrays.copyOf(head, Math.min(INLINE, Math.max(2 * head.length, filled + more)));
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
        means.files().begin(tenantId, id);
        begun = true;
        means.live().add(id);
    }

    /** Sends a full buffer off and finds an empty one: a free one, or the one that comes back from S3. */
    private byte[] exchange(byte[] full) {
        awaitWriting();
        send(full);
        byte[] next = means.buffers().poll();
        if (next == null) {
            Writing current = writing;
            if (current == null) {
                throw new IllegalStateException("just sent");
            }
            next = current.buffer();
            part = null;
            join(current);
            writing = null;
        }
        return next;
    }

    private void send(byte[] buffer) {
        if (beginsWithObject == null) {
            beginsWithObject = FirstLine.isObject(buffer, filled, false);
        }
        String key = ObjectKeys.fileSegment(id, objects.size());
        int length = filled;
        objects.add(new UploadedObject(key, length));
        part = null;
        writing = new Writing(CompletableFuture.runAsync(() -> put(key, buffer, length), WRITERS), buffer);
    }

    private void put(String key, byte[] buffer, int length) {
        for (int attempt = 1; ; attempt++) {
            try {
                means.objects().put(key, buffer, 0, length);
                return;
            } catch (StoreUnavailableException e) {
                if (attempt == PUT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void awaitWriting() {
        Writing before = writing;
        if (before != null) {
            join(before);
            writing = null;
            means.buffers().giveBack(before.buffer());
        }
    }

    private static void join(Writing before) {
        try {
            before.done().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException store ? store : e;
        }
    }

    /** Sends off what is left and waits until S3 has it all. */
    void complete() {
        byte[] last = part;
        if (last != null) {
            awaitWriting();
            send(last);
            awaitWriting();
        }
    }

    /** Whether the file's first line is a JSON object, as far as its first segment tells; undefined before {@link #complete}. */
    boolean beginsWithObject() {
        Boolean known = beginsWithObject;
        return known == null ? FirstLine.isObject(head, filled, true) : known;
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
        byte[] open = part;
        if (open != null) {
            means.buffers().giveBack(open);
            part = null;
        }
        Writing last = writing;
        if (last != null) {
            // Only then may its object be deleted: it could appear afterwards.
            last.done().exceptionally(failure -> null).join();
            means.buffers().giveBack(last.buffer());
            writing = null;
        }
        if (begun) {
            if (!kept) {
                discard();
            }
            means.live().remove(id);
        }
    }

    private void discard() {
        try {
            means.objects().list(ObjectKeys.filePrefix(id)).forEach(means.objects()::delete);
            means.files().discard(id);
        } catch (StoreException e) {
            LOG.warnf("fileId=%s left to the janitor: %s", id, e.getMessage());
        }
    }
}
