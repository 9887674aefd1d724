/** A Longhaul of its own, as real processes, and what a client does with it. For benchmarks and system tests. */
@NullMarked
package dev.longhaul.system;

import org.jspecify.annotations.NullMarked;
