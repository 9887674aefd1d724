package dev.longhaul.api.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.store.StoredFile;
import dev.longhaul.store.StoredUpload;
import dev.longhaul.store.UploadParts;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An upload in parts as OpenAI shows it. */
@Schema(name = "Upload")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record UploadJson(
        String id,
        @Schema(enumeration = "upload") String object,
        long bytes,
        long createdAt,
        String filename,
        String purpose,

        @Schema(enumeration = {"pending", "completed", "cancelled", "expired"})
        String status,

        long expiresAt,
        @Nullable FileJson file) {

    static UploadJson of(StoredUpload upload) {
        return of(upload, null);
    }

    /** @param file what a completed upload has become; null also when that was deleted since */
    static UploadJson of(StoredUpload upload, @Nullable StoredFile file) {
        return new UploadJson(
                upload.id(),
                "upload",
                upload.bytes(),
                upload.createdAt().getEpochSecond(),
                upload.filename(),
                upload.purpose(),
                upload.status().wireName(),
                upload.expiresAt().getEpochSecond(),
                file == null ? null : FileJson.of(file));
    }

    /** One of its parts. */
    @Schema(name = "UploadPart")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PartJson(
            String id, @Schema(enumeration = "upload.part") String object, long createdAt, String uploadId) {
        static PartJson of(UploadParts.Part part) {
            return new PartJson(part.id(), "upload.part", part.createdAt().getEpochSecond(), part.uploadId());
        }
    }
}
