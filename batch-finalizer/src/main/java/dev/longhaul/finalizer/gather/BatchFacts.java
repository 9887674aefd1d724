package dev.longhaul.finalizer.gather;

/**
 * What PostgreSQL knows of a batch when its first chunk of an epoch arrives.
 *
 * @param nextOutputSeq the first free place in its output file
 * @param nextErrorSeq the first free place in its error file
 * @param linesTotal its lines; 0 without a stored plan
 * @param linesAccounted its lines whose outcome a checkpoint has recorded
 * @param ended whether its status is terminal
 */
public record BatchFacts(
        String id,
        int partition,
        String outputRef,
        String errorRef,
        int nextOutputSeq,
        int nextErrorSeq,
        long linesTotal,
        long linesAccounted,
        boolean ended) {}
