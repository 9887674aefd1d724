package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.IdempotencyKey;
import dev.longhaul.model.Ids;
import dev.longhaul.model.ObjectKeys;
import dev.longhaul.store.AbandonedException;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoredUpload;
import dev.longhaul.store.UploadParts;
import dev.longhaul.store.UploadStore.EndedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Takes parts of uploads in. A body that is refused or breaks off leaves nothing behind. */
@ApplicationScoped
class PartIntake {
    private static final String PART = "data";
    /** In an upload up to this long, small parts are kept in PostgreSQL; who reads a file holds those bytes in memory. */
    private static final long SMALL_UPLOAD = 1 << 20;

    private final IncomingBytes.Means means;
    private final UploadParts parts;
    private final Uploads uploads;
    private final FileRules rules;

    PartIntake(
            UploadParts parts,
            ObjectStore objects,
            PartBuffers buffers,
            LiveUploads live,
            Uploads uploads,
            FileRules rules) {
        this.means = new IncomingBytes.Means(objects, buffers, live);
        this.parts = parts;
        this.uploads = uploads;
        this.rules = rules;
    }

    /**
     * Reads a multipart body into a part.
     *
     * @throws ApiException if the tenant did something wrong; the body may then be unread to its end
     * @throws UploadForm.BrokenOffException if the client went away
     */
    UploadParts.Part take(
            String tenantId,
            String uploadId,
            @Nullable String contentType,
            InputStream body,
            @Nullable String idempotencyKey)
            throws InterruptedException {
        StoredUpload upload = uploads.open(tenantId, uploadId);
        String partId = Ids.newId("part_", InstantSource.system().millis());
        MessageDigest digest = idempotencyKey == null ? null : digestOf(uploadId);
        long limit = Math.min(rules.mostPartBytes(), upload.bytes());
        int inline = upload.bytes() <= SMALL_UPLOAD ? IncomingBytes.INLINE : 0;
        try (IncomingBytes part = new IncomingBytes(
                means,
                partId,
                ObjectKeys.partPrefix(upload.fileId(), partId),
                inline,
                new PendingPart(upload, partId))) {
            UploadForm form = UploadForm.read(contentType, body, PART, (bytes, offset, length) -> {
                if (part.bytes() + length > limit) {
                    throw FileRules.tooLarge(PART, limit);
                }
                if (digest != null) {
                    digest.update(bytes, offset, length);
                }
                part.write(bytes, offset, length);
            });
            part.complete();
            if (!form.hasFile()) {
                throw ApiException.missing(PART);
            }
            IdempotencyKey.requireInHeader(idempotencyKey, form.field(IdempotencyKey.FIELD));
            if (part.bytes() == 0) {
                throw ApiException.invalidValue(PART, "Invalid '" + PART + "': a part may not be empty.");
            }
            Idempotency idempotency =
                    digest == null || idempotencyKey == null ? null : new Idempotency(idempotencyKey, digest.digest());
            UploadParts.Part finished =
                    parts.finish(tenantId, uploadId, partId, part.bytes(), part.content(), idempotency);
            if (finished.id().equals(partId)) {
                part.keep();
            }
            return finished;
        } catch (EndedException e) {
            throw Uploads.ended("add parts to", uploads.known(tenantId, uploadId));
        } catch (AbandonedException e) {
            throw ApiException.of(503, "The part could not be stored. Please try again.");
        }
    }

    private static MessageDigest digestOf(String uploadId) {
        MessageDigest digest = Digests.sha256();
        digest.update(uploadId.getBytes(StandardCharsets.UTF_8));
        return digest;
    }

    /** The row of a part whose bytes are coming. */
    private final class PendingPart implements IncomingBytes.Ledger {
        private final StoredUpload upload;
        private final String partId;

        PendingPart(StoredUpload upload, String partId) {
            this.upload = upload;
            this.partId = partId;
        }

        @Override
        public void begin() {
            parts.begin(upload.id(), partId);
        }

        @Override
        public boolean giveUp() {
            return parts.giveUp(partId, upload.fileId());
        }

        @Override
        public void forget() {
            // Nothing is left of it.
        }
    }
}
