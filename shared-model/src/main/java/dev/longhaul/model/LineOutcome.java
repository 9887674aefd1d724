package dev.longhaul.model;

/** How a line ended. */
public enum LineOutcome {
    /** Served; its result line is in the output file. */
    COMPLETED,
    /** Failed; its result line is in the error file. */
    FAILED,
    /** Not served because the batch stopped; its result line is in the error file, and it counts in neither total. */
    UNSERVED;

    private static final LineOutcome[] VALUES = values();

    /** The file its result line belongs to. */
    public ResultKind kind() {
        return this == COMPLETED ? ResultKind.OUTPUT : ResultKind.ERRORS;
    }

    static LineOutcome ofOrdinal(int ordinal) {
        if (ordinal < 0 || ordinal >= VALUES.length) {
            throw new MalformedRecordException("result chunk: unknown outcome " + ordinal);
        }
        return VALUES[ordinal];
    }
}
