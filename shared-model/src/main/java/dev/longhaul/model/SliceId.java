package dev.longhaul.model;

/** Names a slice: the {@code seq}-th (from 0) of its batch. */
public record SliceId(String batchId, int seq) {
    public SliceId {
        if (batchId.isEmpty() || seq < 0) {
            throw new IllegalArgumentException("slice: needs a batch id and a seq of at least 0");
        }
    }

    @Override
    public String toString() {
        return batchId + "/" + seq;
    }
}
