package dev.longhaul.api.batches;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.ListQuery;
import dev.longhaul.api.http.Texts;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.store.BatchFilter;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which batches a list is to have: {@code status}, {@code job_id}, {@code created_after}, {@code created_before}, {@code metadata[key]}. */
final class ListFilter {
    private static final Pattern METADATA = Pattern.compile("metadata\\[(.*)]", Pattern.DOTALL);
    private static final int LONGEST_JOB_ID = 256;
    private static final int MOST_METADATA = 16;
    private static final int LONGEST_METADATA_KEY = 64;
    private static final int LONGEST_METADATA_VALUE = 512;
    /** The year 9999: PostgreSQL's times go further, and nobody's dates do. */
    private static final long LATEST = 253_402_300_799L;

    private ListFilter() {}

    static BatchFilter read(
            @Nullable String status,
            @Nullable String jobId,
            @Nullable String createdAfter,
            @Nullable String createdBefore,
            MultivaluedMap<String, String> query) {
        if (jobId != null) {
            Texts.check("job_id", jobId, LONGEST_JOB_ID);
        }
        return new BatchFilter(
                status == null ? null : status(status),
                jobId,
                time("created_after", createdAfter),
                time("created_before", createdBefore),
                metadata(query));
    }

    private static BatchStatus status(String status) {
        List<String> all =
                Arrays.stream(BatchStatus.values()).map(BatchStatus::wireName).toList();
        if (!all.contains(status)) {
            throw ApiException.invalidValue("status", Texts.notSupported(status, all));
        }
        return BatchStatus.ofWireName(status);
    }

    private static @Nullable Instant time(String param, @Nullable String seconds) {
        return seconds == null
                ? null
                : Instant.ofEpochSecond(Texts.within(param, ListQuery.integer(param, seconds), 0, LATEST));
    }

    private static Map<String, String> metadata(MultivaluedMap<String, String> query) {
        Map<String, String> metadata = new LinkedHashMap<>();
        query.forEach((name, values) -> {
            Matcher pair = METADATA.matcher(name);
            if (pair.matches()) {
                String key = pair.group(1);
                Texts.check("metadata", key, LONGEST_METADATA_KEY);
                if (values.size() > 1) {
                    throw ApiException.invalidValue(name, "Invalid '" + name + "': it may be given once.");
                }
                Texts.check(name, values.getFirst(), LONGEST_METADATA_VALUE);
                metadata.put(key, values.getFirst());
            }
        });
        if (metadata.size() > MOST_METADATA) {
            throw ApiException.badRequest(
                    "object_above_max_properties",
                    "metadata",
                    "Invalid 'metadata': expected at most " + MOST_METADATA + " pairs, but got " + metadata.size()
                            + " instead.");
        }
        return metadata;
    }
}
