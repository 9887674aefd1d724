package dev.longhaul.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the API shows it.
 *
 * @param total lines, 0 while it is validating
 * @param outputFileId null until it has ended, and when no line succeeded
 * @param errors why it failed validation; empty in any other state
 * @param json all that was answered
 */
public record Batch(
        String id,
        String status,
        String endpoint,
        long createdAt,
        long total,
        long completed,
        long failed,
        @Nullable String outputFileId,
        @Nullable String errorFileId,
        List<Problem> errors,
        JsonNode json) {
    private static final Set<String> ENDED = Set.of("failed", "completed", "expired", "cancelled");

    /**
     * Something wrong with the input.
     *
     * @param line from 1, or 0 when it concerns no line
     */
    public record Problem(long line, String code, String message) {
        @Override
        public String toString() {
            return (line > 0 ? "line " + line + ": " : "") + message + " (" + code + ")";
        }
    }

    static Batch of(JsonNode json) {
        JsonNode counts = json.path("request_counts");
        List<Problem> problems = new ArrayList<>();
        for (JsonNode error : json.path("errors").path("data")) {
            problems.add(new Problem(
                    error.path("line").asLong(0),
                    error.path("code").asText(),
                    error.path("message").asText()));
        }
        return new Batch(
                json.path("id").asText(),
                json.path("status").asText(),
                json.path("endpoint").asText(),
                json.path("created_at").asLong(),
                counts.path("total").asLong(),
                counts.path("completed").asLong(),
                counts.path("failed").asLong(),
                text(json, "output_file_id"),
                text(json, "error_file_id"),
                List.copyOf(problems),
                json);
    }

    public boolean hasEnded() {
        return ENDED.contains(status);
    }

    public boolean isPaused() {
        return json.path("paused_at").isNumber();
    }

    /** What holds it up or how far its file is read, in a few words; empty when there is nothing to say. */
    public String note() {
        JsonNode progress = json.path("progress");
        JsonNode waiting = progress.path("waiting");
        if (isPaused()) {
            return "paused";
        }
        if (status.equals("validating") && progress.path("planned_share").asDouble() > 0) {
            return Math.round(progress.path("planned_share").asDouble() * 100) + " % read";
        }
        if (waiting.path("backend_down").asLong() > 0) {
            return waiting.path("backend_down").asLong() + " wait for a backend that is down";
        }
        if (waiting.path("key_refused").asLong() > 0) {
            return waiting.path("key_refused").asLong() + " wait for a backend that refuses the operator's key";
        }
        return waiting.path("rate_limited").asLong() > 0
                ? waiting.path("rate_limited").asLong() + " wait for a busy backend"
                : "";
    }

    private static @Nullable String text(JsonNode json, String field) {
        String text = json.path(field).asText("");
        return text.isEmpty() || json.path(field).isNull() ? null : text;
    }
}
