package dev.longhaul.api.errors;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of every error; all four keys are always there. */
@Schema(name = "Error")
record ErrorBody(Details error) {
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ErrorDetails")
    record Details(
            String message,

            @Schema(enumeration = {"invalid_request_error", "requests", "server_error"})
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
