package dev.longhaul.store;

/**
 * S3 answers, and says that it has no such object, or has fewer bytes of it than its row says. Waiting may help (a restored backup, a
 * mistaken lifecycle rule), but unlike an outage it concerns one file alone.
 */
public final class MissingObjectException extends StoreUnavailableException {
    private static final long serialVersionUID = 1L;

    public MissingObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}
