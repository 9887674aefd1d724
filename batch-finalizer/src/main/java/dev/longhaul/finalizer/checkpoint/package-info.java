/** What a partition's owner reads from and writes to PostgreSQL, all of it fenced by the partition's epoch. */
@NullMarked
package dev.longhaul.finalizer.checkpoint;

import org.jspecify.annotations.NullMarked;
