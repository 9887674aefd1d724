package dev.longhaul.dispatcher.schedule;

import java.time.Instant;
import java.util.Comparator;

/** A running batch, as far as those of its slices are concerned that name one model, or that mix models. */
record BatchModel(String batchId, Demand demand, String tenantId, Instant deadline, Instant createdAt) {
    /** The order within a tenant: the earliest deadline first, then the older batch. */
    static final Comparator<BatchModel> ORDER = Comparator.comparing(BatchModel::deadline)
            .thenComparing(BatchModel::createdAt)
            .thenComparing(BatchModel::batchId)
            .thenComparing(batch -> batch.demand().key());
}
