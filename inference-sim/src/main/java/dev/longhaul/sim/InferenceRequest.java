package dev.longhaul.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What matters of a request body.
 *
 * @param user the top-level field of that name; the name of a line when calls are counted
 * @param texts the prompts or inputs; for a conversation its last user message alone
 * @param promptTokens estimated at four characters a token
 * @param base64 whether embeddings are wanted as base64 rather than as numbers
 */
record InferenceRequest(String model, @Nullable String user, List<String> texts, int promptTokens, boolean base64) {

    InferenceRequest {
        texts = List.copyOf(texts);
    }

    String firstText() {
        return texts.isEmpty() ? "" : texts.getFirst();
    }

    static int tokens(String text) {
        return (text.length() + 3) / 4;
    }
}
