package dev.longhaul.finalizer.gather;

/**
 * How much is gathered before it is made durable.
 *
 * @param segmentBytes a segment of that size is full
 * @param inlineBytes an open segment up to that size goes into its row at a checkpoint; a larger one needs an object
 * @param holdBackMillis how long an open segment too large for its row may hold its partition's checkpoint back
 * @param budgetBytes the memory of all segments; past it segments are stored early and intake slows
 */
public record GatherLimits(int segmentBytes, int inlineBytes, long holdBackMillis, long budgetBytes) {
    public GatherLimits {
        require(segmentBytes > 0, "segment-bytes: must be at least 1");
        require(inlineBytes >= 0 && inlineBytes <= segmentBytes, "inline-bytes: must be within 0 and segment-bytes");
        require(holdBackMillis >= 0, "hold-back: must not be negative");
        require(budgetBytes >= 2L * segmentBytes, "budget-bytes: must be at least two times segment-bytes");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
