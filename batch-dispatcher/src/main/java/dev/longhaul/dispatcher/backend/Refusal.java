package dev.longhaul.dispatcher.backend;

import java.util.Locale;

/** What a backend's refusal of a call says about the backend, as far as it says anything. */
public enum Refusal {
    /** Nobody listens, or no connection could be made. */
    UNREACHABLE("down", false),
    /** It answers that it, or what stands behind it, is not there: 503. Also what it says when it is asked too much. */
    UNAVAILABLE("down", true),
    /** It fails: any other 5xx, or it breaks the connection. A single line may cause that. */
    FAILING("down", false),
    /** It is asked too much: 429 or 529. */
    FULL("limited", true),
    /** It does not take our key: 401 or 403. */
    KEY("refused", false);

    private final String trouble;
    private final boolean overload;

    Refusal(String trouble, boolean overload) {
        this.trouble = trouble;
        this.overload = overload;
    }

    /** The key under which the progress of batches knows it. */
    String trouble() {
        return trouble;
    }

    /** Whether fewer calls at a time may help, as long as some succeed. */
    public boolean isOverload() {
        return overload;
    }

    /** Whether a request may cause it by itself. */
    boolean mayBeTheLines() {
        return this == FAILING || this == KEY;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
