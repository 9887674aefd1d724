package dev.longhaul.api.batches;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.Texts;
import java.util.List;

/** The endpoints that a batch's lines may be for; whether one works is the backend's affair. */
public final class Endpoints {
    private static final List<String> ALL = List.of(
            "/v1/responses",
            "/v1/chat/completions",
            "/v1/embeddings",
            "/v1/completions",
            "/v1/moderations",
            "/v1/images/generations",
            "/v1/images/edits",
            "/v1/videos");

    private Endpoints() {}

    /** The same text; refuses one that is no endpoint. */
    public static String check(String endpoint) {
        if (!ALL.contains(endpoint)) {
            throw ApiException.invalidValue("endpoint", Texts.notSupported(endpoint, ALL));
        }
        return endpoint;
    }
}
