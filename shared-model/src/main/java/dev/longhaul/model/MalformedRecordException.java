package dev.longhaul.model;

import org.jspecify.annotations.Nullable;

/** A Kafka record that cannot be read; it belongs on the dead-letter topic. */
public class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        this(message, null);
    }

    public MalformedRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
