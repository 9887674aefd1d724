package dev.longhaul.store;

import java.time.Instant;

/** A place in a list that is ordered by time of creation, then id. */
record Cursor(Instant createdAt, String id) {}
