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
            @Schema(enumeration = {"invalid_request_error", "server_error"})
            String type,
            @Nullable String param,
            @Nullable String code) {}

    static ErrorBody of(int status, String message, @Nullable String param, @Nullable String code) {
        return new ErrorBody(
                new Details(message, status >= 500 ? "server_error" : "invalid_request_error", param, code));
    }
}
