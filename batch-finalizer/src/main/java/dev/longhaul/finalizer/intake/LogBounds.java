package dev.longhaul.finalizer.intake;

import dev.longhaul.store.StoreUnavailableException;
import org.apache.kafka.common.TopicPartition;

/** What Kafka has of a partition. */
interface LogBounds {
    /**
     * The offsets of a log.
     *
     * @param begin of the first record
     * @param end of the next record
     */
    record Bounds(long begin, long end) {
        boolean contains(long offset) {
            return begin <= offset && offset <= end;
        }

        /**
         * Where to continue when the log does not have the recorded offset. A log that is shorter than what was recorded, though it has
         * been shortened from its front before, was cut: all that is left is recorded. One that begins at 0 is most likely a new
         * one, and what is in it is not.
         */
        long nearest(long offset) {
            return offset > end && begin > 0 ? end : begin;
        }
    }

    /**
     * Asks Kafka; blocks for seconds at most.
     *
     * @throws StoreUnavailableException if it does not answer for this partition, for instance because it has no leader
     */
    Bounds of(TopicPartition partition) throws InterruptedException;
}
