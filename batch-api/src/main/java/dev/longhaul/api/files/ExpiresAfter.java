package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How long a file lives, as forms say it: SDKs send {@code expires_after[seconds]}, other clients {@code expires_after.seconds} or one
 * field of JSON. What looks like one of them and is none is refused, for the file would stay for longer than its owner meant.
 */
final class ExpiresAfter {
    private static final String NAME = "expires_after";
    private static final int LONGEST = 512;

    private ExpiresAfter() {}

    /** The lifetime that a form asks for; empty when it asks for none. */
    static Optional<Duration> in(UploadForm form) {
        Map<String, String> fields = new TreeMap<>(form.fieldsFrom(NAME));
        String json = fields.remove(NAME);
        if (json != null && fields.isEmpty()) {
            return Optional.of(lifetime(json));
        }
        boolean dotted = fields.keySet().stream().anyMatch(name -> name.startsWith(NAME + "."));
        String anchorName = dotted ? NAME + ".anchor" : NAME + "[anchor]";
        String secondsName = dotted ? NAME + ".seconds" : NAME + "[seconds]";
        String anchor = fields.remove(anchorName);
        String seconds = fields.remove(secondsName);
        if (json != null || !fields.isEmpty()) {
            throw unknown(json == null ? fields.keySet().iterator().next() : NAME);
        }
        return anchor == null && seconds == null
                ? Optional.empty()
                : Optional.of(lifetime(anchorName, anchor, secondsName, seconds));
    }

    private static Duration lifetime(String json) {
        JsonFields fields;
        try {
            fields = JsonFields.parse(json.getBytes(StandardCharsets.UTF_8), NAME + ".");
        } catch (ApiException e) {
            throw ApiException.invalidValue(
                    NAME, "Invalid '" + NAME + "': expected a JSON object with 'anchor' and 'seconds'.");
        }
        FileRules.checkAnchor(NAME + ".anchor", fields.text("anchor", LONGEST).orElse(null));
        return FileRules.lifetime(NAME + ".seconds", fields.requiredInteger("seconds"));
    }

    private static Duration lifetime(
            String anchorName, @Nullable String anchor, String secondsName, @Nullable String seconds) {
        FileRules.checkAnchor(anchorName, anchor);
        if (seconds == null) {
            throw ApiException.missing(secondsName);
        }
        try {
            return FileRules.lifetime(secondsName, Long.parseLong(seconds.strip()));
        } catch (NumberFormatException e) {
            throw ApiException.invalidType(secondsName, "an integer", "a string");
        }
    }

    private static ApiException unknown(String name) {
        return ApiException.badRequest(
                "unknown_parameter",
                name,
                "Unknown parameter: '" + name + "'. Send '" + NAME + "[anchor]' and '" + NAME + "[seconds]'.");
    }
}
