package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Texts;
import dev.longhaul.store.Limits;
import dev.longhaul.store.LimitsConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a file may be, however its bytes come. */
@ApplicationScoped
class FileRules {
    static final String BATCH = "batch";

    private static final List<String> PURPOSES =
            List.of("assistants", BATCH, "fine-tune", "vision", "user_data", "evals");
    private static final int LONGEST_NAME = 512;
    private static final long SHORTEST_LIFE_SECONDS = 3_600;
    private static final long LONGEST_LIFE_SECONDS = 2_592_000;

    private static final long MOST_PART_BYTES = 64 << 20;

    private final FilesConfig config;
    private final Limits limits;

    FileRules(FilesConfig config, LimitsConfig limits) {
        this.config = config;
        this.limits = Limits.of(limits);
    }

    /** Bytes of the largest file of any purpose, sent at once. */
    long mostBytes() {
        return Math.max(limits.batchFileBytes(), limits.fileBytes());
    }

    /** Bytes of the largest file of a purpose, sent at once. */
    long mostBytes(String purpose) {
        return purpose.equals(BATCH) ? limits.batchFileBytes() : limits.fileBytes();
    }

    /** Bytes of the largest upload in parts of a purpose. */
    long mostUploadBytes(String purpose) {
        return purpose.equals(BATCH) ? Math.min(limits.uploadBytes(), limits.batchFileBytes()) : limits.uploadBytes();
    }

    /** Bytes of the largest part of an upload. */
    long mostPartBytes() {
        return MOST_PART_BYTES;
    }

    /** A body, which must not drip. */
    InputStream steady(InputStream body) {
        return new SteadyBody(body, config.slownessGrace(), config.leastRate().asLongValue());
    }

    static ApiException tooLarge(String param, long most) {
        return ApiException.tooLarge(param, "Invalid '" + param + "': larger than the maximum of " + most + " bytes.");
    }

    static String purpose(@Nullable String purpose) {
        if (purpose == null) {
            throw ApiException.missing("purpose");
        }
        if (!PURPOSES.contains(purpose)) {
            throw ApiException.invalidValue("purpose", Texts.notSupported(purpose, PURPOSES));
        }
        return purpose;
    }

    /** A name without extension says nothing about the format and passes. */
    static void checkName(String param, String purpose, String name) {
        if (name.length() > LONGEST_NAME) {
            throw ApiException.badRequest(
                    "string_above_max_length",
                    param,
                    "Invalid '" + param + "': its name is longer than " + LONGEST_NAME + " characters.");
        }
        Texts.check(param, name);
        boolean isOther =
                name.lastIndexOf('.') >= 0 && !name.toLowerCase(Locale.ROOT).endsWith(".jsonl");
        if (purpose.equals(BATCH) && isOther) {
            throw ApiException.badRequest(null, null, "Invalid file format for Batch API. Must be .jsonl");
        }
    }

    /** Refuses a batch file whose first line is no JSON object. */
    static void checkFirstLine(String param, FirstLine line) {
        if (line.problem() != null) {
            throw ApiException.badRequest(
                    null,
                    param,
                    "Invalid file format for Batch API. Must be .jsonl, but its first line " + line.problem());
        }
    }

    /** How long a file lives of which nobody says it; null for ever. */
    @Nullable
    Duration usualLifetime(String purpose) {
        return purpose.equals(BATCH) ? config.batchLifetime() : null;
    }

    static void checkAnchor(String param, @Nullable String anchor) {
        if (anchor == null) {
            throw ApiException.missing(param);
        }
        if (!anchor.equals("created_at")) {
            throw ApiException.invalidValue(param, Texts.notSupported(anchor, List.of("created_at")));
        }
    }

    static Duration lifetime(String param, long seconds) {
        return Texts.seconds(param, seconds, SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS);
    }
}
