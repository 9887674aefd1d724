package dev.longhaul.api.limits;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Quota;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the request to set a tenant's limits: each a number, {@code unlimited}, or {@code default}; what is absent stays. */
final class LimitsRequest {
    private static final String UNLIMITED = "unlimited";
    private static final String DEFAULT = "default";
    private static final int LONGEST_WORD = 64;
    private static final Map<String, Quota> FIELDS = Map.of(
            "files", Quota.FILES,
            "bytes", Quota.BYTES,
            "enqueued_batches", Quota.BATCHES,
            "enqueued_lines", Quota.LINES,
            "batches_per_hour", Quota.BATCHES_AN_HOUR);

    private LimitsRequest() {}

    /** The limits that change, each as the store takes it. */
    static Map<Quota, @Nullable Long> read(byte[] body) {
        JsonFields fields = JsonFields.parse(body);
        Map<Quota, @Nullable Long> limits = new EnumMap<>(Quota.class);
        FIELDS.forEach((name, quota) -> {
            if (fields.isText(name)) {
                limits.put(quota, word(name, fields.textAsIs(name, LONGEST_WORD)));
            } else {
                fields.integer(name)
                        .ifPresent(limit -> limits.put(quota, Texts.within(name, limit, 0, Quota.UNLIMITED - 1)));
            }
        });
        return limits;
    }

    private static @Nullable Long word(String name, String word) {
        return switch (word) {
            case UNLIMITED -> (Long) Quota.UNLIMITED;
            case DEFAULT -> null;
            default -> throw ApiException.invalidValue(name, Texts.notSupported(word, List.of(UNLIMITED, DEFAULT)));
        };
    }
}
