package dev.longhaul.model;

/** Token counts of one line or a sum of lines, in OpenAI's Batch words; none is negative. */
public record Usage(long inputTokens, long cachedTokens, long outputTokens, long reasoningTokens, long totalTokens) {
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    /** No count of one line is more, so that the sum over the largest batch fits a bigint. */
    public static final long MOST_OF_A_LINE = 10_000_000_000L;

    public Usage {
        if (inputTokens < 0 || cachedTokens < 0 || outputTokens < 0 || reasoningTokens < 0 || totalTokens < 0) {
            throw new IllegalArgumentException("usage: a token count is negative");
        }
    }

    /** Whether a single line may have it. */
    boolean isOfALine() {
        return Math.max(inputTokens, Math.max(cachedTokens, outputTokens)) <= MOST_OF_A_LINE
                && Math.max(reasoningTokens, totalTokens) <= MOST_OF_A_LINE;
    }

    /** The sum of both. */
    public Usage plus(Usage other) {
        return new Usage(
                inputTokens + other.inputTokens,
                cachedTokens + other.cachedTokens,
                outputTokens + other.outputTokens,
                reasoningTokens + other.reasoningTokens,
                totalTokens + other.totalTokens);
    }
}
