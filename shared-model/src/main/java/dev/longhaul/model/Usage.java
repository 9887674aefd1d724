package dev.longhaul.model;

/** Token counts of one line or a sum of lines, in OpenAI's Batch words; none is negative. */
public record Usage(long inputTokens, long cachedTokens, long outputTokens, long reasoningTokens, long totalTokens) {
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    public Usage {
        if (inputTokens < 0 || cachedTokens < 0 || outputTokens < 0 || reasoningTokens < 0 || totalTokens < 0) {
            throw new IllegalArgumentException("usage: a token count is negative");
        }
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
