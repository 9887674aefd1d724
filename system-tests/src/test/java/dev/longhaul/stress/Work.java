package dev.longhaul.stress;

import dev.longhaul.system.ChatLines;

/**
 * A batch that a client created.
 *
 * @param large whether its input lies in S3
 * @param created when the client knew of it; see {@link System#nanoTime}
 */
record Work(String id, ChatLines lines, boolean large, long created) {}
