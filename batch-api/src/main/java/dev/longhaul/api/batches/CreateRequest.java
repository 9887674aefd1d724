package dev.longhaul.api.batches;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Job;
import dev.longhaul.store.NewBatch;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the request to create a batch. */
final class CreateRequest {
    private static final int LONGEST_ID = 256;
    private static final int LONGEST_NAME = 512;
    private static final int MOST_METADATA = 16;
    private static final int LONGEST_METADATA_KEY = 64;
    private static final int LONGEST_METADATA_VALUE = 512;
    private static final long LEAST_EXPIRY = 3_600;
    private static final long MOST_EXPIRY = 2_592_000;
    private static final String TFY = "x-tfy-";
    private static final int MOST_TFY_CHARACTERS = 4 << 10;

    private CreateRequest() {}

    /**
     * Reads it.
     *
     * @param jobs what the job of an id says, which counts where the request says nothing; it throws when there is none
     */
    static NewBatch read(byte[] body, MultivaluedMap<String, String> headers, Function<String, Job.Terms> jobs) {
        JsonFields fields = JsonFields.parse(body);
        String inputFileId = fields.requiredText("input_file_id", LONGEST_ID);
        if (inputFileId.isBlank()) {
            throw ApiException.invalidValue(
                    "input_file_id",
                    "Invalid value for 'input_file_id': expected the id of a file with the purpose 'batch', but got an empty string.");
        }
        Optional<String> jobId = fields.text("job_id", LONGEST_ID);
        Optional<Job.Terms> job = jobId.map(jobs);
        String endpoint = endpoint(fields, jobId.orElse(""), job.map(Job.Terms::endpoint));
        CompletionWindow window = fields.text("completion_window", LONGEST_ID)
                .map(CompletionWindow::parse)
                .or(() -> job.flatMap(CreateRequest::window))
                .orElseGet(() -> CompletionWindow.parse(CompletionWindow.USUAL));
        return new NewBatch(
                jobId.orElse(null),
                fields.text("job_name", LONGEST_NAME).orElse(null),
                inputFileId,
                endpoint,
                window.text(),
                window.length(),
                fields.object("metadata").map(CreateRequest::metadata).orElse(Map.of()),
                fields.object("output_expires_after")
                        .map(CreateRequest::outputExpiresAfter)
                        .orElse(null),
                tfyHeaders(headers),
                MaxErrors.read(fields),
                null);
    }

    private static String endpoint(JsonFields fields, String jobId, Optional<String> ofJob) {
        String endpoint = fields.text("endpoint", LONGEST_ID)
                .map(Endpoints::check)
                .or(() -> ofJob)
                .orElseThrow(() -> ApiException.missing("endpoint"));
        if (ofJob.isPresent() && !ofJob.get().equals(endpoint)) {
            throw ApiException.invalidValue(
                    "endpoint",
                    "Invalid value: '" + endpoint + "'. The job '" + jobId + "' is for '" + ofJob.get() + "'.");
        }
        return endpoint;
    }

    private static Optional<CompletionWindow> window(Job.Terms job) {
        return Optional.ofNullable(job.completionWindow()).map(text -> new CompletionWindow(text, job.window()));
    }

    static Map<String, String> metadata(JsonFields fields) {
        if (fields.size() > MOST_METADATA) {
            throw ApiException.badRequest(
                    "object_above_max_properties",
                    "metadata",
                    "Invalid 'metadata': too many properties. Expected an object with at most " + MOST_METADATA
                            + " properties, but got an object with " + fields.size() + " properties instead.");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String key : fields.names()) {
            Texts.check("metadata", key);
            int length = key.codePointCount(0, key.length());
            if (length > LONGEST_METADATA_KEY) {
                throw ApiException.badRequest(
                        "property_name_above_max_length",
                        "metadata",
                        "Invalid property name in 'metadata': '" + key.substring(0, LONGEST_METADATA_KEY)
                                + "...' is too long. Expected a property name with maximum length "
                                + LONGEST_METADATA_KEY + ", but got one with length " + length + " instead.");
            }
            metadata.put(key, fields.textAsIs(key, LONGEST_METADATA_VALUE));
        }
        return metadata;
    }

    private static Duration outputExpiresAfter(JsonFields fields) {
        String anchor = fields.requiredText("anchor", LONGEST_ID);
        if (!anchor.equals("created_at")) {
            throw ApiException.invalidValue(
                    "output_expires_after.anchor", Texts.notSupported(anchor, List.of("created_at")));
        }
        return Texts.seconds(
                "output_expires_after.seconds", fields.requiredInteger("seconds"), LEAST_EXPIRY, MOST_EXPIRY);
    }

    /** What another gateway's clients send along: kept beside the batch, given to nobody. */
    static Map<String, String> tfyHeaders(MultivaluedMap<String, String> headers) {
        Map<String, String> kept = new LinkedHashMap<>();
        int characters = 0;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(TFY)) {
                String value = String.join(", ", header.getValue());
                Texts.check(name, value);
                characters += name.length() + value.length();
                if (characters > MOST_TFY_CHARACTERS) {
                    throw ApiException.badRequest(
                            "string_above_max_length",
                            name,
                            "Invalid '" + name + "': all x-tfy-* headers together may have " + MOST_TFY_CHARACTERS
                                    + " characters.");
                }
                kept.put(name, value);
            }
        }
        return kept;
    }
}
