package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.model.Ids;
import dev.longhaul.model.ObjectKeys;
import dev.longhaul.store.AbandonedException;
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
import org.jspecify.annotations.Nullable;

/** Takes files in. A body that is refused or breaks off leaves nothing behind. */
@ApplicationScoped
class FileIntake {
    private static final String PART = "file";

    private final IncomingBytes.Means means;
    private final FileStore files;
    private final FileRules rules;

    FileIntake(FileStore files, ObjectStore objects, PartBuffers buffers, LiveUploads live, FileRules rules) {
        this.means = new IncomingBytes.Means(objects, buffers, live);
        this.files = files;
        this.rules = rules;
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
        long limit = rules.mostBytes();
        String id = Ids.newFileId(InstantSource.system().millis());
        try (IncomingBytes upload = new IncomingBytes(
                means,
                id,
                ObjectKeys.filePrefix(id),
                IncomingBytes.INLINE,
                new PendingFile(tenantId, id, idempotencyKey))) {
            UploadForm form = UploadForm.read(contentType, body, PART, (bytes, offset, length) -> {
                if (upload.bytes() + length > limit) {
                    throw FileRules.tooLarge(PART, limit);
                }
                if (digest != null) {
                    digest.update(bytes, offset, length);
                }
                upload.write(bytes, offset, length);
            });
            upload.complete();
            Uploaded uploaded = check(form, upload);
            IdempotencyKey.requireInHeader(idempotencyKey, form.field(IdempotencyKey.FIELD));
            Idempotency idempotency =
                    digest == null || idempotencyKey == null ? null : new Idempotency(idempotencyKey, digest.digest());
            StoredFile file = files.finish(tenantId, id, uploaded, idempotency);
            if (file.id().equals(upload.id())) {
                upload.keep();
            }
            return file;
        } catch (AbandonedException e) {
            throw ApiException.of(503, "The upload could not be stored. Please try again.");
        }
    }

    private Uploaded check(UploadForm form, IncomingBytes upload) {
        if (!form.hasFile()) {
            throw ApiException.missing(PART);
        }
        String purpose = FileRules.purpose(form.field("purpose"));
        String filename = form.filename();
        FileRules.checkName(PART, purpose, filename);
        if (upload.bytes() == 0) {
            throw ApiException.badRequest(
                    null, PART, "Invalid file format: the file is empty. It must be .jsonl with one request a line.");
        }
        if (upload.bytes() > rules.mostBytes(purpose)) {
            throw FileRules.tooLarge(PART, rules.mostBytes(purpose));
        }
        if (purpose.equals(FileRules.BATCH)) {
            FileRules.checkFirstLine(PART, upload.firstLine());
        }
        Duration lifetime = ExpiresAfter.in(form).orElseGet(() -> rules.usualLifetime(purpose));
        return new Uploaded(filename, purpose, upload.bytes(), lifetime, upload.content());
    }

    /** The row of a file whose bytes are coming. */
    private final class PendingFile implements IncomingBytes.Ledger {
        private final String tenantId;
        private final String id;
        private final @Nullable String idempotencyKey;

        PendingFile(String tenantId, String id, @Nullable String idempotencyKey) {
            this.tenantId = tenantId;
            this.id = id;
            this.idempotencyKey = idempotencyKey;
        }

        @Override
        public void begin() {
            files.begin(tenantId, id, idempotencyKey);
        }

        @Override
        public boolean giveUp() {
            return files.giveUp(id);
        }

        @Override
        public void forget() {
            files.forget(id);
        }
    }
}
