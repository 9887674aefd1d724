package dev.longhaul.finalizer.gather;

import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.Usage;

/** Counts and usage under summation; mutable because it is touched once a line. */
public final class Tally {
    private long completed;
    private long failed;
    private long unserved;
    private long inputTokens;
    private long cachedTokens;
    private long outputTokens;
    private long reasoningTokens;
    private long totalTokens;

    void add(ResultChunk.Entry entry) {
        switch (entry.outcome()) {
            case COMPLETED -> completed++;
            case FAILED -> failed++;
            case UNSERVED -> unserved++;
        }
        Usage usage = entry.usage();
        inputTokens += usage.inputTokens();
        cachedTokens += usage.cachedTokens();
        outputTokens += usage.outputTokens();
        reasoningTokens += usage.reasoningTokens();
        totalTokens += usage.totalTokens();
    }

    void add(Tally other) {
        completed += other.completed;
        failed += other.failed;
        unserved += other.unserved;
        inputTokens += other.inputTokens;
        cachedTokens += other.cachedTokens;
        outputTokens += other.outputTokens;
        reasoningTokens += other.reasoningTokens;
        totalTokens += other.totalTokens;
    }

    public long completed() {
        return completed;
    }

    public long failed() {
        return failed;
    }

    public long unserved() {
        return unserved;
    }

    /** The tokens of all lines. */
    public Usage usage() {
        return new Usage(inputTokens, cachedTokens, outputTokens, reasoningTokens, totalTokens);
    }
}
