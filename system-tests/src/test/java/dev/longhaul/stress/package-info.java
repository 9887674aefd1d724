/** A Longhaul whose network, servers and processes fail at random, and what must hold all the same. */
@NullMarked
package dev.longhaul.stress;

import org.jspecify.annotations.NullMarked;
