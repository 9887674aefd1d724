package dev.longhaul.model;

/** A Kafka record that a newer version of Longhaul wrote: this one cannot read it, but a process of that version can. */
public final class NewerVersionException extends MalformedRecordException {
    private static final long serialVersionUID = 1L;

    public NewerVersionException(String message) {
        super(message);
    }
}
