/** The results loop: reads chunks from Kafka, has them gathered, has segments stored and checkpoints written. */
@NullMarked
package dev.longhaul.finalizer.intake;

import org.jspecify.annotations.NullMarked;
