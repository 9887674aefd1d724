package dev.longhaul.cli.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch is created from; the service checks it.
 *
 * @param metadata may be empty
 * @param job null for the tenant's default one
 * @param maxErrors a number of lines or a percentage; null for no limit
 */
public record NewBatch(
        String inputFileId,
        String endpoint,
        String window,
        Map<String, String> metadata,
        @Nullable String job,
        @Nullable String maxErrors) {
    public NewBatch {
        metadata = Map.copyOf(metadata);
    }

    String toJson() {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("input_file_id", inputFileId)
                .put("endpoint", endpoint)
                .put("completion_window", window);
        if (!metadata.isEmpty()) {
            metadata.forEach(node.putObject("metadata")::put);
        }
        if (job != null) {
            node.put("job_id", job);
        }
        if (maxErrors != null) {
            node.put("max_errors", maxErrors);
        }
        return node.toString();
    }
}
