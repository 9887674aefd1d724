package dev.longhaul.finalizer.settle;

import dev.longhaul.model.StopReason;

/**
 * A batch that was stopped and has lines without an outcome.
 *
 * @param inputStored whether its input is in S3; if not, it is in PostgreSQL
 */
public record StoppedBatch(String id, int partition, String inputFileId, StopReason reason, boolean inputStored) {}
