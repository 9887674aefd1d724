/**
 * Gathers result lines into segments and decides what a checkpoint may record: pure, without I/O, clocks and threads. Each type
 * belongs to the one thread that runs the results loop, unless it is an immutable record.
 */
@NullMarked
package dev.longhaul.finalizer.gather;

import org.jspecify.annotations.NullMarked;
