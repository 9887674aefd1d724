package dev.longhaul.cli.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Uploads a large file in parts, several at once. What has arrived is noted on disk, so that another run after a break sends only
 * the rest, as long as the service waits for it.
 */
public final class PartedUpload {
    /** Bytes of a part: what a break costs at most, for each of those under way. */
    static final long PART_BYTES = 32 << 20;

    private static final int AT_ONCE = 3;

    private final FilesApi api;
    private final Path notes;
    private final long partBytes;
    private final LongConsumer onProgress;

    /**
     * Prepares.
     *
     * @param notes the folder where unfinished uploads are noted; created when missing
     * @param onProgress is told how many bytes have arrived, by one thread at a time
     */
    public PartedUpload(FilesApi api, Path notes, LongConsumer onProgress) {
        this(api, notes, PART_BYTES, onProgress);
    }

    PartedUpload(FilesApi api, Path notes, long partBytes, LongConsumer onProgress) {
        this.api = api;
        this.notes = notes;
        this.partBytes = partBytes;
        this.onProgress = onProgress;
    }

    /** Uploads it, or what is missing of it, and answers the file's id. */
    public String upload(Path file, long length, String purpose) {
        UploadNote known = UploadNote.find(notes, api.base(), file, length, purpose, partBytes);
        if (known != null) {
            try {
                return send(known, file, length);
            } catch (ApiException e) {
                // 404 and 409: it is gone or has ended on the other side.
                if (e.status() != 404 && e.status() != 409) {
                    throw e;
                }
                known.forget();
            }
        }
        FilesApi.Created created = api.createUpload(FileForm.nameFor(file, purpose), length, purpose);
        return send(UploadNote.begin(notes, api.base(), file, length, purpose, partBytes, created), file, length);
    }

    private String send(UploadNote note, Path file, long length) {
        int count = Math.toIntExact((length + partBytes - 1) / partBytes);
        note.arrived(onProgress);
        try (ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> sending = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int part = i;
                if (note.partId(part) == null) {
                    sending.add(senders.submit(() -> {
                        long offset = part * partBytes;
                        String id = api.addPart(note.uploadId(), file, offset, Math.min(partBytes, length - offset));
                        note.add(part, id, onProgress);
                    }));
                }
            }
            for (Future<?> one : sending) {
                await(one, senders);
            }
        }
        List<String> partIds = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            @Nullable String id = note.partId(i);
            if (id == null) {
                throw new IllegalStateException("part " + i + " is missing");
            }
            partIds.add(id);
        }
        String fileId = api.completeUpload(note.uploadId(), partIds);
        note.forget();
        return fileId;
    }

    private static void await(Future<?> one, ExecutorService senders) {
        try {
            one.get();
        } catch (InterruptedException e) {
            senders.shutdownNow();
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted", e);
        } catch (ExecutionException e) {
            // The first failure counts; those under way end by themselves or are broken off.
            senders.shutdownNow();
            throw e.getCause() instanceof ApiException known
                    ? known
                    : new ApiException("the upload failed: " + e.getCause().getMessage(), e);
        }
    }
}
