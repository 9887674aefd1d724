/** Kafka as the services find it: topics and group settings. */
@NullMarked
package dev.longhaul.store.kafka;

import org.jspecify.annotations.NullMarked;
