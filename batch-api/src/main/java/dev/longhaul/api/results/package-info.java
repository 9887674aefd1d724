/** A batch's results while it runs and afterwards, as lines that a client may follow. */
@NullMarked
package dev.longhaul.api.results;

import org.jspecify.annotations.NullMarked;
