package dev.longhaul.api.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The header that names a download (RFC 6266), with any Unicode in it (RFC 8187). */
public final class Attachment {
    /** The header. */
    public static final String HEADER = "Content-Disposition";

    private Attachment() {}

    /** The header's value for a file's name; a name beyond ASCII has a stand-in for old clients. */
    public static String of(String filename) {
        String plain = filename.replaceAll("[^\\x20-\\x7e]|[\"\\\\%/]", "_");
        String value = "attachment; filename=\"" + plain + '"';
        return plain.equals(filename) ? value : value + "; filename*=UTF-8''" + encoded(filename);
    }

    /** Form encoding leaves what RFC 8187 allows as it is, and but for two characters nothing else. */
    private static String encoded(String filename) {
        return URLEncoder.encode(filename, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
