package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import dev.longhaul.model.Ids;
import dev.longhaul.store.FileStore;
import dev.longhaul.store.Idempotency;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.StoredFile;
import dev.longhaul.store.StoredUpload;
import dev.longhaul.store.StoredUpload.Status;
import dev.longhaul.store.UploadParts;
import dev.longhaul.store.UploadStore;
import dev.longhaul.store.UploadStore.NewUpload;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates uploads in parts and ends them. */
@ApplicationScoped
class Uploads {
    private static final int LONGEST = 512;

    private final UploadStore uploads;
    private final UploadParts parts;
    private final FileStore files;
    private final PartContents contents;
    private final FileRules rules;
    private final FilesConfig config;
    private final Janitor janitor;

    Uploads(
            UploadStore uploads,
            UploadParts parts,
            FileStore files,
            PartContents contents,
            FileRules rules,
            FilesConfig config,
            Janitor janitor) {
        this.uploads = uploads;
        this.parts = parts;
        this.files = files;
        this.contents = contents;
        this.rules = rules;
        this.config = config;
        this.janitor = janitor;
    }

    StoredUpload create(String tenantId, byte[] body, @Nullable String idempotencyKey) {
        JsonFields fields = JsonFields.parse(body);
        String filename = fields.requiredText("filename", LONGEST);
        String purpose = FileRules.purpose(fields.text("purpose", LONGEST).orElse(null));
        FileRules.checkName("filename", purpose, filename);
        long bytes = Texts.within("bytes", fields.requiredInteger("bytes"), 1, rules.mostUploadBytes(purpose));
        NewUpload wanted = new NewUpload(
                filename,
                purpose,
                fields.requiredText("mime_type", LONGEST),
                bytes,
                lifetime(fields, purpose),
                config.uploadLifetime());
        long now = InstantSource.system().millis();
        Idempotency idempotency = idempotencyKey == null ? null : new Idempotency(idempotencyKey, Digests.sha256(body));
        return uploads.create(tenantId, Ids.newId("upload_", now), Ids.newFileId(now), wanted, idempotency);
    }

    private @Nullable Duration lifetime(JsonFields fields, String purpose) {
        Optional<JsonFields> expiresAfter = fields.object("expires_after");
        if (expiresAfter.isEmpty()) {
            return rules.usualLifetime(purpose);
        }
        FileRules.checkAnchor(
                "expires_after.anchor",
                expiresAfter.get().text("anchor", LONGEST).orElse(null));
        return FileRules.lifetime("expires_after.seconds", expiresAfter.get().requiredInteger("seconds"));
    }

    /** An upload that takes parts. */
    StoredUpload open(String tenantId, String id) {
        StoredUpload upload = known(tenantId, id);
        if (upload.status() != Status.PENDING) {
            throw ended("add parts to", upload);
        }
        if (parts.count(id) >= CompleteRequest.MOST_PARTS) {
            throw ApiException.badRequest(
                    null, null, "The upload has " + CompleteRequest.MOST_PARTS + " parts, and may not have more.");
        }
        return upload;
    }

    /** The same request again answers the same, also without a key: whoever lost the answer must be able to ask for it. */
    UploadJson complete(String tenantId, String id, byte[] body, @Nullable String idempotencyKey) {
        CompleteRequest request = CompleteRequest.read(body);
        StoredUpload upload = known(tenantId, id);
        byte[] digest = request.sha256(id);
        if (upload.status() == Status.PENDING) {
            checkWhilePending(upload, request);
            Optional<StoredFile> file = uploads.complete(upload, request.partIds(), digest, idempotencyKey);
            upload = known(tenantId, id);
            if (file.isPresent()) {
                janitor.wake();
                return UploadJson.of(upload, file.get());
            }
        }
        if (upload.status() != Status.COMPLETED || !Arrays.equals(digest, upload.completedWith())) {
            throw ended("complete", upload);
        }
        return UploadJson.of(upload, files.find(tenantId, upload.fileId()).orElse(null));
    }

    private void checkWhilePending(StoredUpload upload, CompleteRequest request) {
        try {
            request.check(upload, parts.ready(upload.id(), request.partIds()));
            contents.check(upload, request);
        } catch (ApiException | StoreException e) {
            // Another request may have completed it meanwhile, and then its parts are the file's.
            if (known(upload.tenantId(), upload.id()).status() == Status.PENDING) {
                throw e;
            }
        }
    }

    UploadJson cancel(String tenantId, String id) {
        Texts.check("id", id);
        uploads.cancel(tenantId, id);
        StoredUpload upload = known(tenantId, id);
        if (upload.status() != Status.CANCELLED) {
            throw ended("cancel", upload);
        }
        janitor.wake();
        return UploadJson.of(upload);
    }

    StoredUpload known(String tenantId, String id) {
        Texts.check("id", id);
        return uploads.find(tenantId, id)
                .orElseThrow(() -> ApiException.notFound("id", "No such Upload object: " + id));
    }

    static ApiException ended(String what, StoredUpload upload) {
        return ApiException.conflict(
                null,
                "Cannot " + what + " an upload with status '" + upload.status().wireName() + "'.");
    }
}
