/** The inference endpoints: configuration, models, limits, health, and what an answer means. */
@NullMarked
package dev.longhaul.dispatcher.backend;

import org.jspecify.annotations.NullMarked;
