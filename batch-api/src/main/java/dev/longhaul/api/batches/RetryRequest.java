package dev.longhaul.api.batches;

import dev.longhaul.api.http.JsonFields;
import dev.longhaul.store.Batch;
import dev.longhaul.store.NewBatch;
import jakarta.ws.rs.core.MultivaluedMap;
import java.nio.charset.StandardCharsets;

/** Reads the request to run the failed lines of a batch again. What it does not say is as in that batch, but for {@code max_errors}. */
final class RetryRequest {
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_TEXT = 256;
    private static final int MOST_CODES = 100;

    private RetryRequest() {}

    /** @param body may be empty */
    static NewBatch read(byte[] body, MultivaluedMap<String, String> headers, Batch original) {
        JsonFields fields = JsonFields.parse(body.length == 0 ? NOTHING : body);
        CompletionWindow window = CompletionWindow.parse(
                fields.text("completion_window", LONGEST_TEXT).orElse(original.completionWindow()));
        NewBatch.Retry retry = new NewBatch.Retry(
                original.id(),
                fields.texts("error_codes", MOST_CODES, LONGEST_TEXT).orElse(null));
        return new NewBatch(
                original.jobId(),
                original.jobName(),
                original.inputFileId(),
                original.endpoint(),
                window.text(),
                window.length(),
                fields.object("metadata").map(CreateRequest::metadata).orElse(original.metadata()),
                null,
                CreateRequest.tfyHeaders(headers),
                MaxErrors.read(fields),
                retry);
    }
}
