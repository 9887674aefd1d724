package dev.longhaul.api.errors;

import org.jspecify.annotations.Nullable;

/** An answer that is an error, thrown from wherever it is found out. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final @Nullable String param;
    private final @Nullable String code;

    private ApiException(int status, @Nullable String code, @Nullable String param, String message) {
        super(message, null, false, false);
        this.status = status;
        this.param = param;
        this.code = code;
    }

    /** 400. */
    public static ApiException badRequest(@Nullable String code, @Nullable String param, String message) {
        return new ApiException(400, code, param, message);
    }

    /** 400: a field that must be there is not. */
    public static ApiException missing(String param) {
        return badRequest("missing_required_parameter", param, "Missing required parameter: '" + param + "'.");
    }

    /** 400: a value that no rule allows. */
    public static ApiException invalidValue(String param, String message) {
        return badRequest("invalid_value", param, message);
    }

    /** 400: a value of another type, each type with its article. */
    public static ApiException invalidType(String param, String expected, String got) {
        return badRequest(
                "invalid_type",
                param,
                "Invalid type for '" + param + "': expected " + expected + ", but got " + got + " instead.");
    }

    /** 401. */
    public static ApiException unauthorized(String message) {
        return new ApiException(401, "invalid_api_key", null, message);
    }

    /** 403. */
    public static ApiException forbidden(String message) {
        return new ApiException(403, "insufficient_permissions", null, message);
    }

    /** 429. */
    public static ApiException rateLimited(String message) {
        return new ApiException(429, "rate_limit_exceeded", null, message);
    }

    /** 404. */
    public static ApiException notFound(@Nullable String param, String message) {
        return new ApiException(404, null, param, message);
    }

    /** 404: the tenant has no such batch. */
    public static ApiException noBatch(@Nullable String param, String id) {
        return notFound(param, "No batch found with id '" + id + "'.");
    }

    /** 404: no backend serves such a model. */
    public static ApiException noModel(String name) {
        return new ApiException(404, "model_not_found", "model", "The model '" + name + "' does not exist.");
    }

    /** 409. */
    public static ApiException conflict(@Nullable String param, String message) {
        return new ApiException(409, null, param, message);
    }

    /** 413. */
    public static ApiException tooLarge(@Nullable String param, String message) {
        return new ApiException(413, null, param, message);
    }

    /** Any other status. */
    public static ApiException of(int status, String message) {
        return new ApiException(status, null, null, message);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    ErrorBody body() {
        return ErrorBody.of(status, String.valueOf(getMessage()), param, code);
    }
}
