/** Answers the lines of stopped batches that nobody serves any more, through the results topic like any other line. */
@NullMarked
package dev.longhaul.finalizer.unserved;

import org.jspecify.annotations.NullMarked;
