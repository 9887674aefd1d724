package dev.longhaul.api.files;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Digests;
import dev.longhaul.api.http.JsonFields;
import dev.longhaul.store.StoredUpload;
import dev.longhaul.store.UploadParts.Part;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which parts an upload is to become a file of.
 *
 * @param partIds in the order of their bytes
 * @param md5 of all bytes, in lower-case hex digits; null when nothing was said
 */
record CompleteRequest(List<String> partIds, @Nullable String md5) {
    /** Parts an upload may have: their ids fit in one body. */
    static final int MOST_PARTS = 10_000;

    private static final int LONGEST_ID = 256;

    static CompleteRequest read(byte[] body) {
        JsonFields fields = JsonFields.parse(body);
        List<String> partIds = fields.texts("part_ids", LONGEST_ID).orElseThrow(() -> ApiException.missing("part_ids"));
        if (partIds.isEmpty() || partIds.size() > MOST_PARTS) {
            throw ApiException.invalidValue(
                    "part_ids",
                    "Invalid 'part_ids': expected 1 to " + MOST_PARTS + " parts, but got " + partIds.size() + ".");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < partIds.size(); i++) {
            if (!seen.add(partIds.get(i))) {
                throw wrong(i, "the part '" + partIds.get(i) + "' is listed twice");
            }
        }
        String md5 = fields.text("md5", LONGEST_ID).orElse(null);
        if (md5 != null && !md5.matches("[0-9a-fA-F]{32}")) {
            throw ApiException.invalidValue("md5", "Invalid 'md5': expected 32 hexadecimal digits.");
        }
        return new CompleteRequest(partIds, md5 == null ? null : md5.toLowerCase(Locale.ROOT));
    }

    /** Refuses parts that are not this upload's or are not all of its bytes. */
    void check(StoredUpload upload, Map<String, Part> ready) {
        long sum = 0;
        for (int i = 0; i < partIds.size(); i++) {
            Part part = ready.get(partIds.get(i));
            if (part == null) {
                // Whether it is another upload's is nobody's business.
                throw wrong(i, "the upload has no part '" + partIds.get(i) + "'");
            }
            sum += part.bytes();
        }
        if (sum != upload.bytes()) {
            throw ApiException.invalidValue(
                    "part_ids",
                    "Invalid 'part_ids': the parts have " + sum + " bytes together, but the upload was created for "
                            + upload.bytes() + ".");
        }
    }

    private static ApiException wrong(int index, String why) {
        String param = "part_ids[" + index + "]";
        return ApiException.invalidValue(param, "Invalid '" + param + "': " + why + ".");
    }

    /** Tells this request from another one. */
    byte[] sha256(String uploadId) {
        return Digests.sha256(
                (uploadId + ' ' + md5 + ' ' + String.join(" ", partIds)).getBytes(StandardCharsets.UTF_8));
    }
}
