package dev.longhaul.sim;

import static com.fasterxml.jackson.core.JsonToken.END_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NULL;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;
import static com.fasterxml.jackson.core.JsonToken.VALUE_TRUE;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request body in one pass over its tokens. This is the hot path of every benchmark, hence no tree: only the
 * few wanted strings are made. One use each, one thread.
 */
final class RequestReader {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int TOKENS_A_MESSAGE = 4;
    private static final int MAX_INPUTS = 2048;

    private final Endpoint endpoint;
    private final JsonParser json;
    private final List<String> texts = new ArrayList<>(1);
    private @Nullable String model;
    private @Nullable String user;
    private boolean base64;
    private int promptTokens;

    private RequestReader(Endpoint endpoint, JsonParser json) {
        this.endpoint = endpoint;
        this.json = json;
    }

    /** @throws Refused with status 400 when the body is malformed or lacks what the endpoint needs */
    static InferenceRequest read(Endpoint endpoint, byte[] body) throws Refused {
        try (var json = JSON.createParser(body)) {
            return new RequestReader(endpoint, json).read();
        } catch (JacksonException e) {
            throw malformed(e.getOriginalMessage());
        } catch (IOException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private InferenceRequest read() throws IOException, Refused {
        if (json.nextToken() != START_OBJECT) {
            throw malformed("not an object");
        }
        var wanted = wantedField();
        var found = false;
        for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            switch (name) {
                case "model" -> model = string("model");
                case "user" -> user = string("user");
                case "encoding_format" -> base64 = base64();
                case "dimensions" -> dimensions();
                case "stream" -> refuseStream();
                default -> {
                    json.nextToken();
                    if (name.equals(wanted)) {
                        found = true;
                        texts();
                    } else {
                        json.skipChildren();
                    }
                }
            }
        }
        if (json.nextToken() != null) {
            throw malformed("something follows the object");
        }
        if (model == null) {
            throw new Refused(ApiError.missing("model"));
        }
        if (!found) {
            throw new Refused(ApiError.missing(wanted));
        }
        return new InferenceRequest(model, user, texts, promptTokens, base64);
    }

    private String wantedField() {
        return switch (endpoint) {
            case CHAT_COMPLETIONS -> "messages";
            case COMPLETIONS -> "prompt";
            case RESPONSES, EMBEDDINGS -> "input";
        };
    }

    private void texts() throws IOException, Refused {
        switch (endpoint) {
            case CHAT_COMPLETIONS -> {
                if (json.currentToken() != START_ARRAY) {
                    throw new Refused(ApiError.wrongType("messages", "an array of messages"));
                }
                conversation("messages");
            }
            case RESPONSES -> {
                if (json.currentToken() == START_ARRAY) {
                    conversation("input");
                } else {
                    stringOrStrings("input");
                }
            }
            case COMPLETIONS -> stringOrStrings("prompt");
            case EMBEDDINGS -> stringOrStrings("input");
        }
    }

    /** Messages; in an {@code input} also items of other types, which have no role. */
    private void conversation(String param) throws IOException, Refused {
        var lastUser = "";
        var messages = 0;
        while (json.nextToken() != END_ARRAY) {
            if (json.currentToken() != START_OBJECT) {
                throw new Refused(ApiError.wrongType(param + "[" + messages + "]", "an object"));
            }
            String role = null;
            var type = "message";
            var text = "";
            for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                switch (name) {
                    case "role" -> role = json.currentToken() == VALUE_STRING ? json.getText() : null;
                    case "type" -> type = json.getText();
                    case "content" -> text = content();
                    default -> json.skipChildren();
                }
            }
            if (role == null && type.equals("message")) {
                throw new Refused(ApiError.missing(param + "[" + messages + "].role"));
            }
            messages++;
            promptTokens += TOKENS_A_MESSAGE + InferenceRequest.tokens(text);
            if ("user".equals(role)) {
                lastUser = text;
            }
        }
        if (messages == 0) {
            throw new Refused(ApiError.badRequest("'" + param + "' must not be empty.", param, "invalid_value"));
        }
        texts.add(lastUser);
    }

    /** A string, null, or an array of parts of which those with text count. */
    private String content() throws IOException {
        if (json.currentToken() == VALUE_STRING) {
            return json.getText();
        }
        if (json.currentToken() != START_ARRAY) {
            json.skipChildren();
            return "";
        }
        var text = new StringBuilder();
        while (json.nextToken() != END_ARRAY) {
            if (json.currentToken() != START_OBJECT) {
                json.skipChildren();
                continue;
            }
            for (var name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                if (json.nextToken() == VALUE_STRING && name.equals("text")) {
                    text.append(json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
        return text.toString();
    }

    private void stringOrStrings(String param) throws IOException, Refused {
        if (json.currentToken() == VALUE_STRING) {
            addText(param);
        } else if (json.currentToken() == START_ARRAY) {
            while (json.nextToken() != END_ARRAY) {
                if (json.currentToken() != VALUE_STRING) {
                    throw new Refused(ApiError.wrongType(
                            param, "a string or an array of strings (this server takes no token ids)"));
                }
                addText(param);
            }
            if (texts.isEmpty() || texts.size() > MAX_INPUTS) {
                throw new Refused(ApiError.badRequest(
                        "'" + param + "' must hold 1 to " + MAX_INPUTS + " strings.", param, "invalid_value"));
            }
        } else {
            throw new Refused(ApiError.wrongType(param, "a string or an array of strings"));
        }
    }

    private void addText(String param) throws IOException, Refused {
        var text = json.getText();
        if (text.isEmpty() && endpoint == Endpoint.EMBEDDINGS) {
            throw new Refused(
                    ApiError.badRequest("'" + param + "' must not hold an empty string.", param, "invalid_value"));
        }
        texts.add(text);
        promptTokens += InferenceRequest.tokens(text);
    }

    private @Nullable String string(String param) throws IOException, Refused {
        var token = json.nextToken();
        if (token == VALUE_NULL) {
            return null;
        }
        if (token != VALUE_STRING) {
            throw new Refused(ApiError.wrongType(param, "a string"));
        }
        return json.getText();
    }

    private boolean base64() throws IOException, Refused {
        var format = string("encoding_format");
        if (format == null || format.equals("float")) {
            return false;
        }
        if (format.equals("base64")) {
            return true;
        }
        throw new Refused(ApiError.badRequest(
                "Invalid value: '" + format + "'. Supported values are: 'float' and 'base64'.",
                "encoding_format",
                "invalid_value"));
    }

    private void dimensions() throws IOException, Refused {
        json.nextToken();
        if (endpoint == Endpoint.EMBEDDINGS
                && json.currentToken() != VALUE_NULL
                && json.getValueAsInt() != EmbeddingModel.DIMENSIONS) {
            throw new Refused(ApiError.badRequest(
                    "'dimensions' must be " + EmbeddingModel.DIMENSIONS + " for this model.",
                    "dimensions",
                    "invalid_value"));
        }
        json.skipChildren();
    }

    private void refuseStream() throws IOException, Refused {
        if (json.nextToken() == VALUE_TRUE) {
            throw new Refused(ApiError.badRequest("'stream' is not supported here.", "stream", "unsupported_value"));
        }
        json.skipChildren();
    }

    private static Refused malformed(String why) {
        return new Refused(ApiError.badRequest("We could not parse the JSON body of your request: " + why, null, null));
    }
}
