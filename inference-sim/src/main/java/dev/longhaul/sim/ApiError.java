package dev.longhaul.sim;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A refusal as OpenAI words it: an HTTP status and the four fields of its error body. */
record ApiError(
        int status,
        String message,
        String type,
        @Nullable String param,
        @Nullable String code) {

    static ApiError badRequest(String message, @Nullable String param, @Nullable String code) {
        return new ApiError(400, message, "invalid_request_error", param, code);
    }

    static ApiError missing(String param) {
        return badRequest("Missing required parameter: '" + param + "'.", param, "missing_required_parameter");
    }

    static ApiError wrongType(String param, String expected) {
        return badRequest("Invalid type for '" + param + "': expected " + expected + ".", param, "invalid_type");
    }

    static ApiError unknownModel(String model) {
        return new ApiError(
                404,
                "The model `" + model + "` does not exist or you do not have access to it.",
                "invalid_request_error",
                "model",
                "model_not_found");
    }

    /** A simulated failure; the type follows the status. */
    static ApiError simulated(int status) {
        var type = switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
        return new ApiError(status, "simulated status " + status, type, null, "simulated");
    }

    Buffer body() {
        return Buffer.buffer("{\"error\":{\"message\":" + quoted(message) + ",\"type\":" + quoted(type) + ",\"param\":"
                + quoted(param) + ",\"code\":" + quoted(code) + "}}");
    }

    private static String quoted(@Nullable String text) {
        return text == null
                ? "null"
                : "\"" + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
