/** A client of the Batch API, as any tenant has it. */
@NullMarked
package dev.longhaul.cli.api;

import org.jspecify.annotations.NullMarked;
