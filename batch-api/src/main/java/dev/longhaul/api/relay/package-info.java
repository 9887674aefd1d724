/** The outbox's way to Kafka. */
@NullMarked
package dev.longhaul.api.relay;

import org.jspecify.annotations.NullMarked;
