package dev.longhaul.api.errors;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** The body of every error; all four keys are always there. */
record ErrorBody(Details error) {
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Details(
            String message,
            String type,
            @Nullable String param,
            @Nullable String code) {}

    static ErrorBody of(int status, String message, @Nullable String param, @Nullable String code) {
        return new ErrorBody(new Details(message, type(status), param, code));
    }

    private static String type(int status) {
        return status >= 500 ? "server_error" : status == 429 ? "requests" : "invalid_request_error";
    }
}
