/** From a claimed slice to result chunks in Kafka: the hot path. */
@NullMarked
package dev.longhaul.dispatcher.dispatch;

import org.jspecify.annotations.NullMarked;
