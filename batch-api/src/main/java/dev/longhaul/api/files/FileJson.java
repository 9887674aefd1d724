package dev.longhaul.api.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.store.Page;
import dev.longhaul.store.StoredFile;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A file as OpenAI shows it. */
@Schema(name = "File")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record FileJson(
        String id,
        @Schema(enumeration = "file") String object,
        long bytes,
        long createdAt,
        @Nullable Long expiresAt,
        String filename,
        String purpose,
        @Schema(enumeration = "processed") String status,
        @Nullable String statusDetails) {
    static FileJson of(StoredFile file) {
        var expiresAt = file.expiresAt();
        return new FileJson(
                file.id(),
                "file",
                file.bytes(),
                file.createdAt().getEpochSecond(),
                expiresAt == null ? null : expiresAt.getEpochSecond(),
                file.filename(),
                file.purpose(),
                "processed",
                null);
    }

    /** The ids of an empty list are empty, not null: a strict client of OpenAI's insists on strings here. */
    @Schema(name = "FileList")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ListJson(
            @Schema(enumeration = "list") String object,
            List<FileJson> data,
            String firstId,
            String lastId,
            boolean hasMore) {
        static ListJson of(Page<StoredFile> page) {
            List<FileJson> data = page.items().stream().map(FileJson::of).toList();
            return new ListJson(
                    "list",
                    data,
                    data.isEmpty() ? "" : data.getFirst().id(),
                    data.isEmpty() ? "" : data.getLast().id(),
                    page.hasMore());
        }
    }

    /** The answer to a deletion. */
    @Schema(name = "FileDeleted")
    record DeletedJson(
            @JsonProperty String id,
            @JsonProperty @Schema(enumeration = "file") String object,
            @JsonProperty boolean deleted) {}
}
