package dev.longhaul.api.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.store.ApiKey;
import dev.longhaul.store.Page;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is shown.
 *
 * @param redactedValue the secret's beginning and end
 */
@Schema(name = "ApiKey")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record KeyJson(
        String id,
        @Schema(enumeration = "api_key") String object,
        String name,
        String tenant,
        List<String> scopes,
        String redactedValue,
        long createdAt,
        @Nullable Long expiresAt) {
    private static final String OBJECT = "api_key";

    static KeyJson of(ApiKey key) {
        return new KeyJson(
                key.id(),
                OBJECT,
                key.name(),
                key.tenantId(),
                key.scopes(),
                key.hint(),
                key.createdAt().getEpochSecond(),
                seconds(key));
    }

    private static @Nullable Long seconds(ApiKey key) {
        var expiresAt = key.expiresAt();
        return expiresAt == null ? null : expiresAt.getEpochSecond();
    }

    /**
     * The answer to its creation.
     *
     * @param value the secret, shown this once; null when the request repeats an earlier one, since only its hash is known
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ApiKeyCreated")
    record CreatedJson(
            String id,
            @Schema(enumeration = "api_key") String object,
            String name,
            String tenant,
            List<String> scopes,
            String redactedValue,
            long createdAt,
            @Nullable Long expiresAt,
            @Nullable String value) {
        static CreatedJson of(ApiKey key, @Nullable String value) {
            return new CreatedJson(
                    key.id(),
                    OBJECT,
                    key.name(),
                    key.tenantId(),
                    key.scopes(),
                    key.hint(),
                    key.createdAt().getEpochSecond(),
                    seconds(key),
                    value);
        }
    }

    /** A list. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ApiKeyList")
    record ListJson(
            @Schema(enumeration = "list") String object,
            List<KeyJson> data,
            @Nullable String firstId,
            @Nullable String lastId,
            boolean hasMore) {
        static ListJson of(Page<ApiKey> page) {
            return new ListJson(
                    "list",
                    page.items().stream().map(KeyJson::of).toList(),
                    page.firstId(ApiKey::id),
                    page.lastId(ApiKey::id),
                    page.hasMore());
        }
    }

    /** The answer to a revocation. */
    @Schema(name = "ApiKeyDeleted")
    record DeletedJson(
            @JsonProperty String id,
            @JsonProperty @Schema(enumeration = "api_key") String object,
            @JsonProperty boolean deleted) {
        static DeletedJson of(String id) {
            return new DeletedJson(id, OBJECT, true);
        }
    }
}
