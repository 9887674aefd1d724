package dev.longhaul.api.keys;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that creates a key, as documented; {@link KeyRequest} is what reads it. */
@Schema(name = "ApiKeyRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record KeyBody(
        @Schema(minLength = 1, maxLength = 128) String name,

        @Schema(
                pattern = "^[a-z0-9][a-z0-9_-]{0,62}$",
                description = "Created with its first key; the caller's when absent.")
        @Nullable
        String tenant,

        @Schema(description = "Any of `read`, `write` and `admin`; the first two when absent.") @Nullable
        List<ScopeBody> scopes,

        @Nullable ExpiresAfterBody expiresAfter) {

    /** What a key allows. */
    @Schema(
            name = "Scope",
            enumeration = {"read", "write", "admin"})
    enum ScopeBody {}

    /** How long it is valid. */
    @Schema(name = "ApiKeyExpiresAfterRequest")
    record ExpiresAfterBody(
            @Schema(enumeration = "created_at") String anchor,
            @Schema(minimum = "1", maximum = "315360000") long seconds) {}
}
