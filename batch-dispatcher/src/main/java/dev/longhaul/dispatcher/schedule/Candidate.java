package dev.longhaul.dispatcher.schedule;

import dev.longhaul.model.SliceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A slice that could be released now. */
record Candidate(
        SliceId slice, int lines, @Nullable String model, String tenantId, Instant deadline, Instant createdAt) {}
