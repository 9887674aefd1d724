/** Removes what ended work leaves behind: slices, and records behind the checkpoint. */
@NullMarked
package dev.longhaul.finalizer.retention;

import org.jspecify.annotations.NullMarked;
