package dev.longhaul.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key as the API shows it.
 *
 * @param expiresAt in seconds since 1970; 0 for never
 * @param value the secret, known when it has just been made
 */
public record Key(
        String id,
        String name,
        String tenant,
        List<String> scopes,
        String redactedValue,
        long createdAt,
        long expiresAt,
        @Nullable String value) {
    static Key of(JsonNode json) {
        List<String> scopes = new ArrayList<>();
        json.path("scopes").forEach(scope -> scopes.add(scope.asText()));
        return new Key(
                json.path("id").asText(),
                json.path("name").asText(),
                json.path("tenant").asText(),
                List.copyOf(scopes),
                json.path("redacted_value").asText(),
                json.path("created_at").asLong(),
                json.path("expires_at").asLong(0),
                json.path("value").textValue());
    }
}
