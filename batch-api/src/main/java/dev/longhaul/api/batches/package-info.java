/** Creation, lists and cancellation of batches. */
@NullMarked
package dev.longhaul.api.batches;

import org.jspecify.annotations.NullMarked;
