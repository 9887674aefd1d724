package dev.longhaul.cli.api;

/** The API refused a request, or could not be reached for longer than we wait. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    ApiException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /** The HTTP status, or 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** True when the request itself is at fault, and a repeat would be refused again. */
    public boolean isRefusal() {
        return status == 400 || status == 413 || status == 422;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
