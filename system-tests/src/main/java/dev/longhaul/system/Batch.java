package dev.longhaul.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch as the API showed it. */
public record Batch(JsonNode json) {
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    public String id() {
        return json.path("id").asText();
    }

    public String status() {
        return json.path("status").asText();
    }

    public boolean ended() {
        return ENDED.contains(status());
    }

    public @Nullable String outputFileId() {
        return json.path("output_file_id").textValue();
    }

    public @Nullable String errorFileId() {
        return json.path("error_file_id").textValue();
    }

    public long total() {
        return json.path("request_counts").path("total").asLong();
    }

    public long completed() {
        return json.path("request_counts").path("completed").asLong();
    }

    public long failed() {
        return json.path("request_counts").path("failed").asLong();
    }
}
