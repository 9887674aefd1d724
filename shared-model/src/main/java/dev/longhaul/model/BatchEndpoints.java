package dev.longhaul.model;

import java.util.List;

/** The endpoints that a batch's lines may be for. */
public final class BatchEndpoints {
    /** Their paths, as tenants and operators write them. */
    public static final List<String> ALL = List.of(
            "/v1/responses",
            "/v1/chat/completions",
            "/v1/embeddings",
            "/v1/completions",
            "/v1/moderations",
            "/v1/images/generations",
            "/v1/images/edits",
            "/v1/videos");

    /** Those whose lines need not name a model. */
    public static final List<String> MODEL_OPTIONAL =
            List.of("/v1/moderations", "/v1/images/generations", "/v1/images/edits");

    private BatchEndpoints() {}
}
