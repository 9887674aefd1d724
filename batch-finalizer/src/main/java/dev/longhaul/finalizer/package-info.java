/** The finalizer: turns result chunks into result files and ends batches. */
@NullMarked
package dev.longhaul.finalizer;

import org.jspecify.annotations.NullMarked;
