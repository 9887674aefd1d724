package dev.longhaul.dispatcher.plan;

/**
 * What a plan may cost and an input file may hold.
 *
 * @param maxLines request lines in a file
 * @param maxLineBytes bytes in a line, without its line end; a reading plan holds two such lines at most
 * @param maxSliceLines lines in a slice
 * @param maxSliceBytes bytes in a slice, unless a single line is longer
 * @param hashBudgetBytes memory for the hashes that find duplicate ids; what it is above a power of two stays unused.
 *     There is room for three lines in 16 bytes (64 MiB: 12.5 million), and a larger file is read again for each
 *     further part
 * @param maxEmbeddingInputs inputs of all lines together, if they ask for embeddings
 */
public record PlanLimits(
        long maxLines,
        int maxLineBytes,
        int maxSliceLines,
        int maxSliceBytes,
        int hashBudgetBytes,
        long maxEmbeddingInputs) {

    public static final PlanLimits DEFAULT =
            new PlanLimits(50_000_000, 32 << 20, 1024, 1 << 20, 64 << 20, Long.MAX_VALUE);

    public PlanLimits {
        atLeast(1, maxLines, "maxLines");
        atLeast(1, maxLineBytes, "maxLineBytes");
        atLeast(1, maxSliceLines, "maxSliceLines");
        atLeast(1, maxSliceBytes, "maxSliceBytes");
        atLeast(64, hashBudgetBytes, "hashBudgetBytes");
        atLeast(1, maxEmbeddingInputs, "maxEmbeddingInputs");
        if (maxLineBytes > 1 << 30) {
            throw new IllegalArgumentException("maxLineBytes must be at most 1 GiB: " + maxLineBytes);
        }
    }

    private static void atLeast(long least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }
}
