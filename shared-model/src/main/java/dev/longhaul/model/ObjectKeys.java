package dev.longhaul.model;

/** The names of Longhaul's objects in the bucket. */
public final class ObjectKeys {
    private ObjectKeys() {}

    /** Everything that belongs to an uploaded file. */
    public static String filePrefix(String fileId) {
        return "files/" + fileId + "/";
    }

    /** One segment of an uploaded file. */
    public static String fileSegment(String fileId, int seq) {
        return filePrefix(fileId) + seq;
    }

    /** What the keys of a part begin with, of an upload that is to become this file. */
    public static String partPrefix(String fileId, String partId) {
        return filePrefix(fileId) + partId + "-";
    }

    /** Everything that belongs to a batch's results. */
    public static String resultsPrefix(String batchId) {
        return "results/" + batchId + "/";
    }

    /** One sealed segment of a batch's results; the epoch names the finalizer that wrote it, so that what a fenced one left can be told. */
    public static String resultSegment(String batchId, ResultKind kind, long epoch, int number) {
        return resultsPrefix(batchId) + kind.wireName() + "/" + epoch + "-" + number;
    }

    /**
     * The epoch in a key made by {@link #resultSegment}.
     *
     * @throws IllegalArgumentException if the key is no such key
     */
    public static long epochOf(String resultSegmentKey) {
        String name = resultSegmentKey.substring(resultSegmentKey.lastIndexOf('/') + 1);
        int dash = name.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("key: '" + resultSegmentKey + "' does not end in epoch-number");
        }
        return Long.parseLong(name, 0, dash, 10);
    }
}
