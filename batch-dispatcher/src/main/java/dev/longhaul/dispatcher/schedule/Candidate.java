package dev.longhaul.dispatcher.schedule;

import dev.longhaul.model.SliceId;
import java.time.Instant;

/** A slice that could be released now. */
record Candidate(SliceId slice, int lines, Demand demand, String tenantId, Instant deadline, Instant createdAt) {}
