package dev.longhaul.sim;

import org.jspecify.annotations.Nullable;

/** What is answered on POST, with and without the prefix {@code /v1}. */
enum Endpoint {
    CHAT_COMPLETIONS,
    COMPLETIONS,
    RESPONSES,
    EMBEDDINGS;

    static @Nullable Endpoint of(String path) {
        return switch (path) {
            case "/v1/chat/completions", "/chat/completions" -> CHAT_COMPLETIONS;
            case "/v1/completions", "/completions" -> COMPLETIONS;
            case "/v1/responses", "/responses" -> RESPONSES;
            case "/v1/embeddings", "/embeddings" -> EMBEDDINGS;
            default -> null;
        };
    }
}
