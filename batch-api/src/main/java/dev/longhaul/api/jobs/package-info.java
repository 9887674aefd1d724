/** Jobs over HTTP: what batches of a kind share. */
@NullMarked
package dev.longhaul.api.jobs;

import org.jspecify.annotations.NullMarked;
