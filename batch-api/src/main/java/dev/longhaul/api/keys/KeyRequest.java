package dev.longhaul.api.keys;

import dev.longhaul.api.auth.Scope;
import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.api.http.Texts;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request to create a key.
 *
 * @param tenant null for the caller's
 * @param expiresAfter null for never
 */
record KeyRequest(
        String name,
        @Nullable String tenant,
        List<String> scopes,
        @Nullable Duration expiresAfter) {
    private static final Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final List<String> USUAL_SCOPES = List.of(Scope.READ.wireName(), Scope.WRITE.wireName());
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_TENANT = 63;
    private static final int LONGEST_SCOPE = 64;
    private static final long LONGEST_EXPIRY = Duration.ofDays(3650).toSeconds();

    static KeyRequest read(byte[] body) {
        JsonFields fields = JsonFields.parse(body);
        String name = fields.requiredText("name", LONGEST_NAME);
        if (name.isBlank()) {
            throw ApiException.invalidValue("name", "Invalid 'name': must not be empty.");
        }
        return new KeyRequest(
                name,
                fields.text("tenant", LONGEST_TENANT)
                        .map(tenant -> checkTenant("tenant", tenant))
                        .orElse(null),
                fields.texts("scopes", LONGEST_SCOPE).map(KeyRequest::scopes).orElse(USUAL_SCOPES),
                fields.object("expires_after").map(KeyRequest::expiresAfter).orElse(null));
    }

    static String checkTenant(String param, String tenant) {
        if (!TENANT.matcher(tenant).matches()) {
            throw ApiException.invalidValue(
                    param,
                    "Invalid '" + param + "': '" + tenant + "'. Expected 1 to 63 lower case letters, digits, '-' or"
                            + " '_', the first one a letter or digit.");
        }
        return tenant;
    }

    private static List<String> scopes(List<String> scopes) {
        if (scopes.isEmpty()) {
            throw ApiException.invalidValue("scopes", "Invalid 'scopes': must not be empty.");
        }
        for (int i = 0; i < scopes.size(); i++) {
            if (!Scope.wireNames().contains(scopes.get(i))) {
                throw ApiException.invalidValue(
                        "scopes[" + i + "]", Texts.notSupported(scopes.get(i), Scope.wireNames()));
            }
        }
        return scopes.stream().distinct().toList();
    }

    private static Duration expiresAfter(JsonFields fields) {
        String anchor = fields.requiredText("anchor", LONGEST_SCOPE);
        if (!anchor.equals("created_at")) {
            throw ApiException.invalidValue("expires_after.anchor", Texts.notSupported(anchor, List.of("created_at")));
        }
        return Texts.seconds("expires_after.seconds", fields.requiredInteger("seconds"), 1, LONGEST_EXPIRY);
    }
}
