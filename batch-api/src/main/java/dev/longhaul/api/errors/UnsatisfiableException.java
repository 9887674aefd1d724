package dev.longhaul.api.errors;

/** 416: a range that begins past the end of what there is. */
public final class UnsatisfiableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long bytes;

    /** @param bytes how many there are */
    public UnsatisfiableException(long bytes) {
        super("there are " + bytes + " bytes", null, false, false);
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }
}
