package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.Texts;
import dev.longhaul.model.Ids;
import dev.longhaul.store.FileStore;
import dev.longhaul.store.FileStore.Uploaded;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoredFile;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Takes uploads in. A body that is refused or breaks off leaves nothing behind. */
@ApplicationScoped
class Uploads {
    private static final List<String> PURPOSES =
            List.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
    private static final String BATCH = "batch";
    private static final int LONGEST_FILENAME = 512;
    private static final long LEAST_EXPIRY = 3_600;
    private static final long MOST_EXPIRY = 2_592_000;

    private final Upload.Means means;
    private final FilesConfig config;

    Uploads(FileStore files, ObjectStore objects, PartBuffers buffers, LiveUploads live, FilesConfig config) {
        this.means = new Upload.Means(files, objects, buffers, live);
        this.config = config;
    }

    /**
     * Reads a multipart body into a file.
     *
     * @throws ApiException if the tenant did something wrong; the body may then be unread to its end
     * @throws UploadForm.BrokenOffException if the client went away
     */
    StoredFile take(String tenantId, @Nullable String contentType, InputStream body, @Nullable String idempotencyKey)
            throws InterruptedException {
        MessageDigest digest = idempotencyKey == null ? null : Digests.sha256();
        long limit = config.maxSize().asLongValue();
        try (Upload upload =
                new Upload(means, tenantId, Ids.newFileId(InstantSource.system().millis()))) {
            UploadForm form = UploadForm.read(contentType, body, (bytes, offset, length) -> {
                if (upload.bytes() + length > limit) {
                    throw ApiException.tooLarge(
                            "file", "Invalid 'file': larger than the maximum of " + limit + " bytes.");
                }
                if (digest != null) {
                    digest.update(bytes, offset, length);
                }
                upload.write(bytes, offset, length);
            });
            upload.complete();
            Uploaded uploaded = check(form, upload);
            Idempotency idempotency =
                    digest == null || idempotencyKey == null ? null : new Idempotency(idempotencyKey, digest.digest());
            StoredFile file = finish(tenantId, upload, uploaded, idempotency);
            if (file.id().equals(upload.id())) {
                upload.keep();
            }
            return file;
        }
    }

    private StoredFile finish(String tenantId, Upload upload, Uploaded uploaded, @Nullable Idempotency idempotency) {
        try {
            return means.files()
                    .finish(tenantId, upload.id(), uploaded, idempotency)
                    .orElseThrow(() -> ApiException.of(503, "The upload was lost on our side. Please try again."));
        } catch (Idempotency.ConflictException e) {
            throw ApiException.conflict(
                    "Idempotency-Key",
                    "The Idempotency-Key '" + idempotencyKey(idempotency) + "' was used for another file.");
        }
    }

    private static String idempotencyKey(@Nullable Idempotency idempotency) {
        return idempotency == null ? "" : idempotency.key();
    }

    private Uploaded check(UploadForm form, Upload upload) {
        if (!form.hasFile()) {
            throw ApiException.missing("file");
        }
        String purpose = purpose(form.field("purpose"));
        String filename = form.filename();
        if (filename.length() > LONGEST_FILENAME) {
            throw ApiException.badRequest(
                    "string_above_max_length", "file", "Invalid 'file': its name is longer than 512 characters.");
        }
        Texts.check("file", filename);
        if (purpose.equals(BATCH) && hasOtherExtension(filename)) {
            throw ApiException.badRequest(null, null, "Invalid file format for Batch API. Must be .jsonl");
        }
        if (upload.bytes() == 0) {
            throw ApiException.badRequest(
                    null, "file", "Invalid file format: the file is empty. It must be .jsonl with one request a line.");
        }
        if (purpose.equals(BATCH) && !upload.beginsWithObject()) {
            throw ApiException.badRequest(
                    null,
                    "file",
                    "Invalid file format for Batch API. Must be .jsonl, but its first line is not a JSON object.");
        }
        return new Uploaded(filename, purpose, upload.bytes(), expiresAfter(form, purpose), upload.content());
    }

    private static String purpose(@Nullable String purpose) {
        if (purpose == null) {
            throw ApiException.missing("purpose");
        }
        if (!PURPOSES.contains(purpose)) {
            throw ApiException.invalidValue("purpose", Texts.notSupported(purpose, PURPOSES));
        }
        return purpose;
    }

    /** A name without extension says nothing about the format and passes. */
    private static boolean hasOtherExtension(String filename) {
        return filename.lastIndexOf('.') >= 0
                && !filename.toLowerCase(Locale.ROOT).endsWith(".jsonl");
    }

    private @Nullable Duration expiresAfter(UploadForm form, String purpose) {
        String anchor = form.field("expires_after[anchor]");
        String seconds = form.field("expires_after[seconds]");
        if (anchor == null && seconds == null) {
            return purpose.equals(BATCH) ? config.batchLifetime() : null;
        }
        if (anchor == null) {
            throw ApiException.missing("expires_after[anchor]");
        }
        if (!anchor.equals("created_at")) {
            throw ApiException.invalidValue("expires_after[anchor]", Texts.notSupported(anchor, List.of("created_at")));
        }
        if (seconds == null) {
            throw ApiException.missing("expires_after[seconds]");
        }
        return Texts.seconds("expires_after[seconds]", wholeNumber(seconds), LEAST_EXPIRY, MOST_EXPIRY);
    }

    private static long wholeNumber(String seconds) {
        try {
            return Long.parseLong(seconds.strip());
        } catch (NumberFormatException e) {
            throw ApiException.invalidType("expires_after[seconds]", "an integer", "a string");
        }
    }
}
