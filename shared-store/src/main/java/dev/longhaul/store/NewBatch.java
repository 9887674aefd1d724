package dev.longhaul.store;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant asks for.
 *
 * @param jobId null for the tenant's default job
 * @param completionWindow as the tenant wrote it
 * @param window how long it is; null for no end
 * @param outputExpiresAfter how long the result files live after their creation; null for the default
 * @param tfyHeaders the {@code x-tfy-*} request headers
 * @param maxErrors how many lines may fail ({@code 10}), or which share of them ({@code 5%}); null for any
 * @param retry which lines of another batch of the same file to run; null for all lines of the file
 */
public record NewBatch(
        @Nullable String jobId,
        @Nullable String jobName,
        String inputFileId,
        String endpoint,
        String completionWindow,
        @Nullable Duration window,
        Map<String, String> metadata,
        @Nullable Duration outputExpiresAfter,
        Map<String, String> tfyHeaders,
        @Nullable String maxErrors,
        @Nullable Retry retry) {
    public NewBatch {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tfyHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(tfyHeaders));
    }

    /**
     * The lines in another batch's error file.
     *
     * @param batchId a batch that has ended, of the same tenant and input file
     * @param errorCodes the codes whose lines to run; null for all
     */
    public record Retry(String batchId, @Nullable List<String> errorCodes) {
        public Retry {
            errorCodes = errorCodes == null ? null : List.copyOf(errorCodes);
        }
    }
}
