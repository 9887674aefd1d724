/** Which partitions this process owns, for its parts on other threads. */
@NullMarked
package dev.longhaul.finalizer.ownership;

import org.jspecify.annotations.NullMarked;
