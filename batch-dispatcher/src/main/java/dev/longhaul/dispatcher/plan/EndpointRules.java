package dev.longhaul.dispatcher.plan;

import dev.longhaul.model.BatchEndpoints;
import dev.longhaul.model.jsonl.InputField;
import dev.longhaul.model.jsonl.RequestLine;
import java.util.Arrays;

/** What a batch's endpoint asks of each line's body. */
enum EndpointRules {
    CHAT_COMPLETIONS("/v1/chat/completions", "Chat Completions", InputField.MESSAGES),
    COMPLETIONS("/v1/completions", "Completions", InputField.PROMPT),
    EMBEDDINGS("/v1/embeddings", "Embeddings", InputField.INPUT),
    RESPONSES("/v1/responses", "Responses", InputField.INPUT),
    MODERATIONS("/v1/moderations", "Moderations", InputField.INPUT),
    IMAGES_GENERATIONS("/v1/images/generations", "Images", InputField.PROMPT),
    IMAGES_EDITS("/v1/images/edits", "Images", InputField.PROMPT),
    VIDEOS("/v1/videos", "Videos", InputField.PROMPT);

    private final String url;
    private final String title;
    private final InputField input;

    EndpointRules(String url, String title, InputField input) {
        this.url = url;
        this.title = title;
        this.input = input;
    }

    static EndpointRules of(String endpoint) {
        return Arrays.stream(values())
                .filter(rules -> rules.url.equals(endpoint))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no batch endpoint: " + endpoint));
    }

    String url() {
        return url;
    }

    String title() {
        return title;
    }

    InputField input() {
        return input;
    }

    boolean modelIsOptional() {
        return BatchEndpoints.MODEL_OPTIONAL.contains(url);
    }

    boolean acceptsInputOf(RequestLine line) {
        // A response may be asked for by a stored prompt alone.
        return line.has(input) || (this == RESPONSES && line.has(InputField.PROMPT));
    }
}
