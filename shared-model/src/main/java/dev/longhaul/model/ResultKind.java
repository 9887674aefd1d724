package dev.longhaul.model;

/** Which of a batch's two result files. */
public enum ResultKind {
    OUTPUT("output"),
    ERRORS("errors");

    private final String wireName;

    ResultKind(String wireName) {
        this.wireName = wireName;
    }

    /** The name in object keys and file names. */
    public String wireName() {
        return wireName;
    }
}
