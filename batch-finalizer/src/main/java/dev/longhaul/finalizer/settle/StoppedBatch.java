package dev.longhaul.finalizer.settle;

import dev.longhaul.model.StopReason;

/** A batch that was stopped and has lines without an outcome. */
public record StoppedBatch(String id, int partition, String inputFileId, StopReason reason) {}
