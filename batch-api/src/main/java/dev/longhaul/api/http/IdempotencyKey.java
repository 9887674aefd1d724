package dev.longhaul.api.http;

import dev.longhaul.api.errors.ApiException;
import org.jspecify.annotations.Nullable;

/** The header by which a client may repeat a request that creates. */
public final class IdempotencyKey {
    /** Its name. */
    public static final String HEADER = "Idempotency-Key";

    private static final int LONGEST = 255;

    private IdempotencyKey() {}

    /** Refuses a key that cannot be kept. */
    public static void check(@Nullable String key) {
        if (key == null) {
            return;
        }
        if (key.isBlank()) {
            throw ApiException.invalidValue(HEADER, "Invalid '" + HEADER + "': must not be empty.");
        }
        Texts.check(HEADER, key, LONGEST);
    }
}
