package dev.longhaul.api.http;

import dev.longhaul.api.errors.ApiException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The header by which a client may repeat a request that creates. */
public final class IdempotencyKey {
    /** Its name. */
    public static final String HEADER = "Idempotency-Key";

    /** The field of a JSON body that says the same. */
    public static final String FIELD = "idempotency_key";

    private static final int LONGEST = 255;

    private IdempotencyKey() {}

    /** Refuses a key that cannot be kept. */
    public static void check(@Nullable String key) {
        check(HEADER, key);
    }

    private static void check(String param, @Nullable String key) {
        if (key == null) {
            return;
        }
        if (key.isBlank()) {
            throw ApiException.invalidValue(param, "Invalid '" + param + "': must not be empty.");
        }
        Texts.check(param, key, LONGEST);
    }

    /** The key of a request, whether its header or its JSON body says it. */
    public static @Nullable String of(@Nullable String header, byte[] body) {
        check(header);
        if (!mentionsField(body)) {
            return header;
        }
        return of(header, JsonFields.parse(body).text(FIELD, LONGEST).orElse(null));
    }

    /** The key of a request, whether its header or a field says it. */
    public static @Nullable String of(@Nullable String header, @Nullable String field) {
        check(FIELD, field);
        if (header != null && field != null && !header.equals(field)) {
            throw ApiException.invalidValue(
                    FIELD, "Invalid '" + FIELD + "': it differs from the header '" + HEADER + "'.");
        }
        return header == null ? field : header;
    }

    /** Refuses a form that says in a field what its header does not: it may come when all bytes have been read. */
    public static void requireInHeader(@Nullable String header, @Nullable String field) {
        of(header, field);
        if (header == null && field != null) {
            throw ApiException.invalidValue(
                    FIELD, "Invalid '" + FIELD + "': of a form it must be sent as the header '" + HEADER + "'.");
        }
    }

    /** Spares other bodies a second parse; a name that is written with escapes is nobody's. */
    private static boolean mentionsField(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1).contains(FIELD);
    }
}
