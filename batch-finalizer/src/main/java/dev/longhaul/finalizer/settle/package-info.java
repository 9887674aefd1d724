/** Ends batches: decides how, publishes their files and takes the last transitions. */
@NullMarked
package dev.longhaul.finalizer.settle;

import org.jspecify.annotations.NullMarked;
