package dev.longhaul.sim;

/** A request that can't be served, thrown from wherever that shows. Without a stack trace: it is an answer, not a fault. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    Refused(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    ApiError error() {
        return error;
    }
}
