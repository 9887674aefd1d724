package dev.longhaul.store;

/** The row of an upload or part is no longer pending: it was taken for dead, and its bytes may be gone. Nothing was stored. */
public final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbandonedException(String id) {
        super(id + " is no longer pending");
    }
}
